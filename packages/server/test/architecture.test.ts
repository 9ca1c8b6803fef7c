// The house as docs/architecture.md describes it: who may import whom, where words belong, how large things may be.
import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import {
  cyclesOf,
  exportsOf,
  functionsOf,
  manifestOf,
  root,
  sources,
  testSources,
  walk,
  type SourceFile,
} from './source-tree.ts'

/** Every import that the table does not allow, with its reason: `importer → prefix of what it imports`. */
const importExceptions: Readonly<Record<string, string>> = {
  'http/asked-lists.ts → db/': 'types of a page, which an address asks for',
  'http/answer.ts → db/': 'types of a page, which lists hand through to their statements',
  'http/cursor.ts → db/': 'types of a page, which a cursor is read into',
  'http/bind.ts → db/': 'the type of the handle that it hands to handlers',
  'http/metrics.ts → db/': 'the type whose gauges it shows',
  'http/pages.ts → db/': 'the type that readiness asks',
  'http/error-handler.ts → db/': 'an outage or an overload of the database is answered here, whoever met it',
  'http/idempotency.ts → db/': 'the stored answer shares the transaction of the handler it stands for',
  'features/api-keys/key-ring.ts → http/': 'it implements the interface by which http asks who is calling',
  'features/members/member-ring.ts → http/': 'it implements the interface by which http asks who is calling',
  'features/revocations/stream.ts → http/': 'it writes into the answer that goes on, which http sends',
  'features/sign-in/session-ring.ts → http/': 'it implements the interface by which http asks who is calling',
  'app.ts → features/revocations/stream.ts': 'the feed lives as long as the application, which opens and closes it',
  'chores.ts → http/': 'deletes what idempotency keeps, as long as idempotency says',
}

/** Files of a feature beside the known ones: the kind whose import rules they follow. */
const featureParts: Readonly<Record<string, 'service' | 'queries' | 'pure'>> = {
  'access/admissions.ts': 'service',
  'access/facts.ts': 'service',
  'access/history.ts': 'service',
  'access/past-identifier.ts': 'service',
  'access-tokens/eligibility.ts': 'pure',
  'access-tokens/revoke.ts': 'service',
  'access-tokens/verify.ts': 'service',
  'api-keys/key-ring.ts': 'service',
  'blocks/identifiers.ts': 'service',
  'blocks/identifier-queries.ts': 'queries',
  'blocks/person-queries.ts': 'queries',
  'demo/load.ts': 'service',
  'demo/names.ts': 'pure',
  'demo/order.ts': 'service',
  'demo/people.ts': 'pure',
  'demo/phones.ts': 'pure',
  'demo/random.ts': 'pure',
  'demo/referral-templates.ts': 'pure',
  'demo/referral-world.ts': 'pure',
  'demo/referrals.ts': 'service',
  'demo/templates.ts': 'pure',
  'demo/world.ts': 'pure',
  'events/chain.ts': 'pure',
  'events/commitment.ts': 'pure',
  'events/sealer.ts': 'service',
  'events/verify.ts': 'service',
  'external-users/account-text.ts': 'pure',
  'external-users/authenticate.ts': 'service',
  'external-users/blocked.ts': 'pure',
  'external-users/create.ts': 'service',
  'external-users/create-together.ts': 'service',
  'external-users/erase.ts': 'service',
  'external-users/filter.ts': 'pure',
  'external-users/list-statements.ts': 'queries',
  'external-users/shown-pages.ts': 'service',
  'external-users/sights.ts': 'service',
  'members/by-operator.ts': 'service',
  'members/logins.ts': 'service',
  'members/member-ring.ts': 'service',
  'members/tokens.ts': 'service',
  'oauth/exchange.ts': 'service',
  'oauth/mapping.ts': 'pure',
  'oauth/subject-token.ts': 'service',
  'referrals/admission-end.ts': 'pure',
  'referrals/evidence-queries.ts': 'queries',
  'referrals/evidence.ts': 'service',
  'referrals/erasure.ts': 'service',
  'referrals/expiry.ts': 'service',
  'referrals/list-columns.ts': 'pure',
  'referrals/list-statements.ts': 'queries',
  'referrals/list.ts': 'service',
  'referrals/refer.ts': 'service',
  'referrals/review.ts': 'service',
  'referrals/sight.ts': 'service',
  'referrals/statuses.ts': 'pure',
  'referrals/totals.ts': 'pure',
  'referrals/transition.ts': 'service',
  'revocations/horizon.ts': 'pure',
  'revocations/sharing.ts': 'service',
  'revocations/stream.ts': 'service',
  'sign-in/describe.ts': 'service',
  'sign-in/identity-provider.ts': 'service',
  'sign-in/invitations.ts': 'service',
  'sign-in/lifetimes.ts': 'pure',
  'sign-in/own-password.ts': 'service',
  'sign-in/own-second-factor.ts': 'service',
  'sign-in/parts.ts': 'service',
  'sign-in/second-factor.ts': 'service',
  'sign-in/session-ring.ts': 'service',
  'sign-in/single-sign-on.ts': 'service',
  'signing-keys/key-set.ts': 'service',
  'trusted-issuers/issuer-keys.ts': 'service',
  'trusted-issuers/key-rules.ts': 'pure',
  'users/counts.ts': 'pure',
  'users/kept.ts': 'queries',
  'users/selection.ts': 'pure',
  'workspaces/policies.ts': 'pure',
}

/** The files beside the folders, and what each may import. They put the house together, so they see more of it. */
const assembly: Readonly<Record<string, readonly string[]>> = {
  'index.ts': ['config', 'server', 'operator', 'initialise', 'lib'],
  'server.ts': ['app', 'config', 'context', 'chores', 'initialise', 'instance-secret', 'http', 'service', 'db', 'lib'],
  'operator.ts': ['config', 'initialise', 'instance-secret', 'server', 'service', 'queries', 'db', 'lib'],
  'initialise.ts': ['context', 'service', 'queries', 'db', 'lib'],
  'chores.ts': ['initialise', 'service', 'queries', 'pure', 'db', 'lib'],
  'app.ts': ['routes', 'http', 'context', 'db', 'lib'],
  'instance-secret.ts': ['config', 'lib'],
  'context.ts': ['db', 'lib'],
  'config.ts': ['lib'],
}

/** What a file of each kind may import besides the contract. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  routes: ['http', 'context', 'service', 'queries', 'presenter', 'pure', 'db', 'lib'],
  service: ['context', 'service', 'queries', 'presenter', 'pure', 'db', 'lib'],
  queries: ['pure', 'db', 'lib'],
  presenter: ['queries', 'pure', 'lib'],
  pure: ['pure', 'db', 'lib'],
  http: ['http', 'context', 'lib'],
  db: ['db', 'lib'],
  lib: ['lib'],
}

/** May name a database: they read its address, or need to know whether it is a file of their own. */
const mayNameDatabases = ['config.ts', 'instance-secret.ts', 'server.ts', 'operator.ts']

/** Functions of more than 50 lines (never more than 70), with the reason. */
const longFunctions: Readonly<Record<string, string>> = {
  'packages/sdk/src/calls.ts createCalls': 'a list of short functions that share what sends them',
  'packages/sdk/src/external-users.ts externalUsers': 'the same, one for each operation',
  'packages/server/src/db/resource-table.ts resourceTable':
    'a list of statements on one table, none longer than ten lines',
}

/** Exported values that no file of ours imports, with who uses them. */
const usedFromOutside: Readonly<Record<string, string>> = {
  'packages/cli/src/main.ts main': 'the executable in packages/cli/bin',
}

const server = 'packages/server/src/'
const serverSources = sources.filter(({ path }) => path.startsWith(server))
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8')

interface Place {
  readonly kind: string
  readonly feature: string | null
}

/** The kind of a file of the server, which its place and name decide. */
function placeOf(path: string): Place {
  const inside = path.slice(server.length)
  const [folder = '', feature = '', file = ''] = inside.split('/')
  if (folder === 'features') {
    const kind = /^(routes|service|queries|presenter)\.ts$/.exec(file)?.[1]
    return { kind: kind ?? featureParts[`${feature}/${file}`] ?? 'unknown', feature }
  }
  return { kind: inside.includes('/') ? folder : inside.replace(/\.ts$/, ''), feature: null }
}

function serviceOrder(): string[] {
  const [, names] = /from those before its own in this order:\s+([^.]+)\./.exec(page) ?? []
  return (names as string).split(',').map((name) => name.trim())
}

function isException(from: string, to: string): boolean {
  return Object.keys(importExceptions).some((rule) => {
    const [importer, target] = rule.split(' → ') as [string, string]
    return importer === from && to.startsWith(target)
  })
}

/** Why a server file may not import another one; null when it may. */
function wrong(file: SourceFile, target: string, typeOnly: boolean): string | null {
  const [from, to] = [file.path.slice(server.length), target.slice(server.length)]
  const [here, there] = [placeOf(file.path), placeOf(target)]
  if (isException(from, to)) return null
  if (!(assembly[from] ?? allowed[here.kind] ?? []).includes(there.kind))
    return `${here.kind} may not import ${there.kind}`
  const foreign = here.feature !== null && there.feature !== null && here.feature !== there.feature
  if (here.kind === 'presenter' && there.kind === 'queries' && !typeOnly)
    return 'a presenter imports types of queries only'
  if (!foreign) return null
  if (here.kind !== 'service' && here.kind !== 'routes') return `${here.kind} may not import another feature`
  if (['queries', 'presenter', 'pure'].includes(there.kind)) return null
  if (there.kind !== 'service' || here.kind !== 'service')
    return `${here.kind} may not import ${there.kind} of another feature`
  const order = serviceOrder()
  const before = order.indexOf(there.feature as string) < order.indexOf(here.feature as string)
  return before && order.includes(there.feature as string) ? null : 'the order of services is the other way round'
}

describe('who may import whom', () => {
  it('follows the table inside the server', () => {
    const faults = serverSources.flatMap((file) =>
      file.imports
        .filter(({ target }) => target.startsWith(server))
        .map(({ target, typeOnly }) => [target, wrong(file, target, typeOnly)] as const)
        .filter(([, reason]) => reason !== null)
        .map(([target, reason]) => `${file.path} imports ${target}: ${reason}`),
    )
    expect(faults).toEqual([])
  })

  it('keeps no exception that nobody needs', () => {
    const needed = new Set(
      serverSources.flatMap((file) => file.imports.map(({ target }) => [file.path, target] as const)),
    )
    const idle = Object.keys(importExceptions).filter((rule) => {
      const [importer, prefix] = rule.split(' → ') as [string, string]
      return ![...needed].some(([path, target]) => path === server + importer && target.startsWith(server + prefix))
    })
    expect(idle).toEqual([])
  })

  it('lets packages know each other by their public entries only', () => {
    const known: Record<string, string[]> = {
      contract: [],
      sdk: ['contract'],
      server: ['contract'],
      cli: ['sdk', 'server', 'contract'],
    }
    const faults = sources.flatMap(({ path, imports }) => {
      const own = path.split('/')[1] as string
      return imports
        .filter(({ target }) => target.startsWith('packages/') && !target.startsWith(`packages/${own}/`))
        .filter(({ target }) => !(known[own] ?? []).some((other) => target === `packages/${other}/src/index.ts`))
        .map(({ target }) => `${path} imports ${target}`)
    })
    expect(faults).toEqual([])
  })

  it('keeps the contract and the SDK fit for a browser', () => {
    const isNode = (specifier: string) => specifier.startsWith('node:') || builtinModules.includes(specifier)
    const faults = sources
      .filter(({ path }) => /^packages\/(contract|sdk)\//.test(path))
      .flatMap(({ path, imports }) =>
        imports.filter(({ specifier }) => isNode(specifier)).map((each) => `${path} imports ${each.specifier}`),
      )
    expect(faults).toEqual([])
  })

  it('leaves nothing of the contract or of any dependency in the SDK at run time', () => {
    expect(manifestOf('sdk').dependencies ?? {}).toEqual({})
    const faults = sources
      .filter(({ path }) => path.startsWith('packages/sdk/'))
      .flatMap(({ path, imports }) =>
        imports
          .filter((each) => !each.typeOnly && !each.specifier.startsWith('.'))
          .map((each) => `${path} imports ${each.specifier}`),
      )
    expect(faults).toEqual([])
  })

  it('knows no barrel but the public entry of a package, and no default export', () => {
    const passedOn = sources.filter(
      ({ path, imports }) => !/^packages\/\w+\/src\/index\.ts$/.test(path) && imports.some((each) => each.reExport),
    )
    expect(passedOn.map(({ path }) => path)).toEqual([])
    const defaults = sources.filter(({ tree }) =>
      tree.statements.some((each) => ts.isExportAssignment(each) || isDefault(each)),
    )
    expect(defaults.map(({ path }) => path)).toEqual([])
  })

  it('has no cycle, neither at run time nor between types', () => {
    expect(cyclesOf(sources, (each) => !each.typeOnly)).toEqual([])
    expect(cyclesOf(sources, () => true)).toEqual([])
  })

  it('exports no value that nobody imports', () => {
    const taken = new Set(
      [...sources, ...testSources].flatMap(({ imports }) =>
        imports.flatMap(({ target, names }) => names.map((name) => `${target} ${name}`)),
      ),
    )
    const unused = sources
      .filter(({ path }) => !path.endsWith('/src/index.ts'))
      .flatMap((file) =>
        exportsOf(file)
          .filter(({ value }) => value)
          .map(({ name }) => ({ path: file.path, name })),
      )
      .filter(({ path, name }) => !taken.has(`${path} ${name}`) && !taken.has(`${path} *`))
      .map(({ path, name }) => `${path} ${name}`)
    expect(unused.filter((each) => !(each in usedFromOutside))).toEqual([])
  })
})

function isDefault(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined
  return modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword) ?? false
}

describe('one place per concern', () => {
  it('reads the environment in config.ts alone', () => {
    const readers = sources.filter(({ tree, imports }) => {
      let found = imports.some(({ specifier, names }) => /^(node:)?process$/.test(specifier) && names.includes('env'))
      walk(
        tree,
        (node) =>
          (found ||= /^process(\.|\[')env/.test(
            ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) ? node.getText() : '',
          )),
      )
      return found
    })
    expect(readers.map(({ path }) => path)).toEqual([`${server}config.ts`])
  })

  it('names no database outside db/', () => {
    const naming = sources
      .filter(({ path }) => /^packages\/(server|contract|sdk)\//.test(path) && !path.startsWith(`${server}db/`))
      .filter(({ path }) => !mayNameDatabases.some((name) => path === server + name))
      .filter(({ text }) => /sqlite|postgres|\bpg\b|\berrcode\b|sqlstate/i.test(text))
    expect(naming.map(({ path }) => path)).toEqual([])
  })

  it('uses no `any` outside db/ and the one binder of contract and handlers', () => {
    const users = sources.filter(({ path, tree }) => {
      if (path.startsWith(`${server}db/`) || path === `${server}http/bind.ts`) return false
      let found = false
      walk(tree, (node) => (found ||= node.kind === ts.SyntaxKind.AnyKeyword))
      return found
    })
    expect(users.map(({ path }) => path)).toEqual([])
  })
})

describe('budgets', () => {
  const generated = (path: string) => path === 'packages/sdk/src/types.ts'

  it('keeps files short: median 60 lines, 300 at most unless the first lines say why', () => {
    const lengths = sources
      .filter(({ path }) => !generated(path))
      .map(({ lines }) => lines)
      .toSorted((a, b) => a - b)
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(60)
    const long = sources.filter(({ path, lines, text }) => lines > 300 && !generated(path) && !hasReason(text))
    expect(long.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([])
  })

  it('keeps functions within 50 lines and 4 parameters', () => {
    const faults = sources.flatMap((file) =>
      functionsOf(file)
        .filter(
          ({ name, lines, parameters }) =>
            parameters > 4 || lines > (`${file.path} ${name}` in longFunctions ? 70 : 50),
        )
        .map(({ name, lines, parameters }) => `${file.path} ${name}: ${lines} lines, ${parameters} parameters`),
    )
    expect(faults).toEqual([])
  })

  it('hands a handler at most 6 things, and asks no caller for more than 2 type parameters', () => {
    const context = sources.find(({ path }) => path === `${server}context.ts`) as SourceFile
    const members = context.tree.statements
      .filter(ts.isInterfaceDeclaration)
      .find(({ name }) => name.text === 'Context')?.members
    expect(members?.length).toBeLessThanOrEqual(6)
    const heavy = sources.flatMap((file) =>
      exportsOf(file)
        .filter((each) => each.typeParameters > 2)
        .map(({ name }) => `${file.path} ${name}`),
    )
    expect(heavy).toEqual([])
  })
})

function hasReason(text: string): boolean {
  return text
    .split('\n')
    .slice(0, 4)
    .some((line) => line.startsWith('// Longer than 300 lines: '))
}

describe('the tree', () => {
  /** Paths of the first code block under "The tree", by indentation. */
  const shown = treeOf(/## The tree\n+```\n([\s\S]*?)```/.exec(page)?.[1] as string)
  const foldersIn = (path: string) =>
    readdirSync(join(root, path), { withFileTypes: true })
      .filter(
        (entry) =>
          entry.isDirectory() && !entry.name.startsWith('.') && !['node_modules', 'dist', 'data'].includes(entry.name),
      )
      .map((entry) => entry.name)
      .toSorted()
  const shownIn = (path: string) =>
    shown
      .filter((each) => each.startsWith(path) && /^[^/]+\/$/.test(each.slice(path.length)))
      .map((each) => each.slice(path.length, -1))
      .toSorted()

  it('is the one that docs/architecture.md shows', () => {
    expect(shownIn('')).toEqual(foldersIn(''))
    expect(new Set(shown.filter((path) => /^packages\/[^/]+\/src\/$/.test(path)))).toEqual(
      new Set(foldersIn('packages').map((name) => `packages/${name}/src/`)),
    )
    expect(shownIn(`${server}features/`)).toEqual(foldersIn(`${server}features`))
    const files = serverSources.map(({ path }) => path.slice(server.length)).filter((path) => !path.includes('/'))
    expect(
      shown.filter((path) => path.startsWith(server) && /^[^/]+\.ts$/.test(path.slice(server.length))).toSorted(),
    ).toEqual(files.map((file) => server + file).toSorted())
    const missing = shown.filter(
      (path) =>
        path.startsWith('packages/contract/') && path.endsWith('.ts') && !sources.some((file) => file.path === path),
    )
    expect(missing).toEqual([])
  })

  it('holds only the known kinds of file in a feature, and lists no part that is gone', () => {
    const unknown = serverSources.filter(({ path }) => placeOf(path).kind === 'unknown').map(({ path }) => path)
    expect(unknown).toEqual([])
    const gone = Object.keys(featureParts).filter(
      (part) => !serverSources.some(({ path }) => path === `${server}features/${part}`),
    )
    expect(gone).toEqual([])
  })

  it('places every feature with a service in the order of services', () => {
    const withService = serverSources.map(({ path }) => placeOf(path)).filter(({ kind }) => kind === 'service')
    const missing = new Set(
      withService.map(({ feature }) => feature as string).filter((feature) => !serviceOrder().includes(feature)),
    )
    expect([...missing]).toEqual([])
  })
})

/** A drawn tree as paths: three columns a level, several names on a line when nothing but spaces is between them. */
function treeOf(drawing: string): string[] {
  const folders: string[] = []
  return drawing.split('\n').flatMap((line) => {
    const [, indent, rest] = /^((?:│ {2}| {3})*)[├└]─ (.*)$/.exec(line) ?? []
    if (indent === undefined) return []
    const depth = indent.length / 3
    const names = (rest as string).split(/\s{2,}/).filter((name, i) => i === 0 || /^[\w.-]+\.(ts|json)$/.test(name))
    const parent = folders.slice(0, depth).join('')
    if (names[0]?.endsWith('/')) {
      folders.length = depth
      folders.push(names[0])
    }
    return names.map((name) => parent + name)
  })
}
