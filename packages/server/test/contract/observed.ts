// What the suites have seen of the contract: which operation answered which code, held against what it declares.
import { basePaths, errorCodes, errorsOf, operations, type ErrorCode, type Operation } from '@narthex/contract'
import type { OnReply } from '../client.ts'
import { successOf, toldBy } from './surfaces.ts'

export const allOperations: readonly Operation[] = Object.values(operations)

const routes = allOperations.map((operation) => ({
  operation,
  pattern: new RegExp(`^${basePaths[operation.surface]}${operation.path.replace('{id}', '[^/]+')}$`),
}))

/** The operation at an address; of a fixed path and one with an id the fixed one. */
export function operationAt(method: string, pathname: string): Operation | undefined {
  const matching = routes.filter(({ operation, pattern }) => operation.method === method && pattern.test(pathname))
  return matching.toSorted((a, b) => Number(a.operation.path.includes('{')) - Number(b.operation.path.includes('{')))[0]
    ?.operation
}

export class Observed {
  readonly #seen = new Map<string, Set<string>>()

  /** An error in the form of another surface is noted by its status alone, which no operation declares. */
  readonly onReply: OnReply = (method, url, reply) => {
    const operation = operationAt(method, new URL(url).pathname)
    if (!operation) return
    const { status } = reply
    this.note(operation.id, String(status < 400 ? status : (toldBy(operation, reply)?.code ?? status)))
  }

  note(operationId: string, code: string): void {
    const codes = this.#seen.get(operationId)
    if (codes) codes.add(code)
    else this.#seen.set(operationId, new Set([code]))
  }

  codesOf({ id }: Operation): ReadonlySet<string> {
    return this.#seen.get(id) ?? new Set()
  }

  /** `operation code`, for every declared one that nobody has provoked. */
  missing(): string[] {
    return allOperations.flatMap((operation) =>
      declaredBy(operation)
        .filter((code) => !this.codesOf(operation).has(code))
        .map((code) => `${operation.id} ${code}`),
    )
  }

  /** `operation code`, for every one that the contract does not know. */
  undeclared(): string[] {
    return allOperations.flatMap((operation) => {
      const declared = new Set<string>([...declaredBy(operation), '304'])
      return [...this.codesOf(operation)].filter((code) => !declared.has(code)).map((code) => `${operation.id} ${code}`)
    })
  }

  /** One line an operation: what was seen of what it declares, by status. */
  table(): string {
    const lines = allOperations.map((operation) => {
      const declared = declaredBy(operation)
      const seen = declared.filter((code) => this.codesOf(operation).has(code))
      const byStatus = [...new Set(seen.map(statusOf))].toSorted()
      return `${operation.id.padEnd(28)} ${String(seen.length).padStart(2)}/${declared.length}  ${byStatus.join(' ')}`
    })
    return lines.join('\n')
  }
}

/** Its success and its refusals. */
function declaredBy(operation: Operation): string[] {
  return [String(successOf(operation)), ...errorsOf(operation)]
}

function statusOf(code: string): number {
  return code in errorCodes ? errorCodes[code as ErrorCode][0] : Number(code)
}
