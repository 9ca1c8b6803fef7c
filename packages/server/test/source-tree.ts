// The sources of all packages as the architecture test reads them: who imports what, what is exported, how large things are.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative, sep } from 'node:path'
import ts from 'typescript'

export const root = join(import.meta.dirname, '..', '..', '..')

export interface Import {
  /** A path from the root of the repository for our own files, else the specifier. */
  readonly target: string
  readonly specifier: string
  /** Nothing of it is left at run time. */
  readonly typeOnly: boolean
  /** `*` when everything is taken. */
  readonly names: readonly string[]
  /** `export … from`. */
  readonly reExport: boolean
}

export interface FunctionShape {
  readonly name: string
  readonly lines: number
  readonly parameters: number
}

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  readonly path: string
  readonly text: string
  readonly lines: number
  readonly imports: readonly Import[]
  readonly tree: ts.SourceFile
}

export const packages = readdirSync(join(root, 'packages')).filter((name) =>
  existsSync(join(root, 'packages', name, 'package.json')),
)

export function manifestOf(name: string): { name: string; dependencies?: Record<string, string> } {
  return JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))
}

/** TypeScript files below a folder of the repository. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('/node_modules/') && !path.includes('/dist/'))
    .toSorted()
}

export function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)
  return { path, text, tree, lines: text.trimEnd().split('\n').length, imports: importsOf(path, tree) }
}

export const sources: readonly SourceFile[] = packages
  .flatMap((name) => filesBelow(`packages/${name}/src`))
  .filter((path) => !path.endsWith('.test.ts'))
  .map(readSource)

/** What uses exports without being sources: suites and their equipment. */
export const testSources: readonly SourceFile[] = [
  ...packages.flatMap((name) => [`packages/${name}/src`, `packages/${name}/test`]),
  'e2e',
  'bench',
]
  .flatMap(filesBelow)
  .filter((path) => path.endsWith('.test.ts') || !path.includes('/src/'))
  .map(readSource)

function importsOf(path: string, tree: ts.SourceFile): Import[] {
  const found: Import[] = []
  const add = (specifier: string, rest: Omit<Import, 'specifier' | 'target'>) =>
    found.push({ specifier, target: targetOf(path, specifier), ...rest })
  walk(tree, (node) => {
    if (ts.isImportDeclaration(node)) {
      add((node.moduleSpecifier as ts.StringLiteral).text, { ...namesOf(node.importClause), reExport: false })
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
      const elements = node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : null
      add((node.moduleSpecifier as ts.StringLiteral).text, {
        typeOnly: node.isTypeOnly || (elements?.every((element) => element.isTypeOnly) ?? false),
        names: elements ? elements.map((element) => (element.propertyName ?? element.name).text) : ['*'],
        reExport: true,
      })
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments
      if (argument && ts.isStringLiteral(argument))
        add(argument.text, { typeOnly: false, names: ['*'], reExport: false })
    }
  })
  return found
}

function namesOf(clause: ts.ImportClause | undefined): { typeOnly: boolean; names: string[] } {
  if (!clause) return { typeOnly: false, names: [] }
  const bindings = clause.namedBindings
  const elements = bindings && ts.isNamedImports(bindings) ? [...bindings.elements] : []
  const everything = bindings !== undefined && ts.isNamespaceImport(bindings)
  const names = elements.map((element) => (element.propertyName ?? element.name).text)
  const allTypes = elements.length > 0 && !clause.name && elements.every((element) => element.isTypeOnly)
  const typeOnly = clause.phaseModifier === ts.SyntaxKind.TypeKeyword || allTypes
  return { typeOnly, names: [...names, ...(clause.name ? ['default'] : []), ...(everything ? ['*'] : [])] }
}

function targetOf(path: string, specifier: string): string {
  if (specifier.startsWith('.'))
    return normalize(join(dirname(path), specifier))
      .split(sep)
      .join('/')
  const own = packages.find((name) => manifestOf(name).name === specifier)
  return own ? `packages/${own}/src/index.ts` : specifier
}

export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  node.forEachChild((child) => walk(child, visit))
}

export function functionsOf({ tree }: SourceFile): FunctionShape[] {
  const found: FunctionShape[] = []
  walk(tree, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return
    const line = (at: number) => tree.getLineAndCharacterOfPosition(at).line
    const parameters = node.parameters.filter((each) => each.name.getText() !== 'this').length
    found.push({ name: nameOf(node), lines: line(node.end) - line(node.getStart()) + 1, parameters })
  })
  return found
}

function nameOf(node: ts.SignatureDeclaration): string {
  if (node.name) return node.name.getText()
  return ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : 'a nameless function'
}

/** The exported declarations of a file, with their number of type parameters and whether something is left at run time. */
export function exportsOf({ tree }: SourceFile): { name: string; typeParameters: number; value: boolean }[] {
  return tree.statements.flatMap((statement) => {
    const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : []
    if (!modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)) return []
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.map((each) => ({
        name: each.name.getText(),
        typeParameters: 0,
        value: true,
      }))
    }
    const { name, typeParameters } = statement as ts.FunctionDeclaration
    const value = !ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement)
    return [{ name: name?.text ?? 'default', typeParameters: typeParameters?.length ?? 0, value }]
  })
}

/** Groups of files that reach each other, by the given imports. */
export function cyclesOf(files: readonly SourceFile[], counts: (each: Import) => boolean): string[][] {
  const edges = new Map(files.map((file) => [file.path, file.imports.filter(counts).map((each) => each.target)]))
  const reach = new Map([...edges.keys()].map((path) => [path, reachableFrom(path, edges)]))
  const groups = new Set<string>()
  for (const [path, reached] of reach) {
    if (!reached.has(path)) continue
    groups.add(
      [...reached]
        .filter((other) => reach.get(other)?.has(path))
        .toSorted()
        .join(' '),
    )
  }
  return [...groups].map((group) => group.split(' '))
}

function reachableFrom(path: string, edges: Map<string, string[]>): Set<string> {
  const reached = new Set<string>()
  const waiting = [...(edges.get(path) ?? [])]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next) || !edges.has(next)) continue
    reached.add(next)
    waiting.push(...(edges.get(next) ?? []))
  }
  return reached
}
