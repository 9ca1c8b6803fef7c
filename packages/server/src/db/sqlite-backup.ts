// A consistent copy of a SQLite file, made while others read and write.
import { randomUUID } from 'node:crypto'
import { link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { sqliteModulePath } from './sqlite-driver.ts'

/**
 * VACUUM INTO reads one snapshot and leaves out the free pages, so rows that were deleted are not in the copy. It runs
 * until it is done, hence the thread. The thread's code is text because a file would have one name in the sources and
 * another in the build.
 */
const COPY = `
  const { workerData } = require('node:worker_threads')
  const { DatabaseSync } = require(workerData.module)
  const database = new DatabaseSync(workerData.from, { readOnly: true })
  database.exec('pragma busy_timeout = 5000')
  database.prepare('vacuum into ?').run(workerData.to)
  database.close()
`

/** Only a whole, synced copy ever has the name `to`; an existing file is never touched. */
export async function backupSqlite(from: string, to: string): Promise<void> {
  const temporary = `${to}.${randomUUID()}.part`
  // SQLite accepts an empty file, which fixes the mode before the first byte is in it.
  await (await open(temporary, 'wx', 0o600)).close()
  try {
    await runCopy({ module: sqliteModulePath(), from, to: temporary })
    await sync(temporary, 'r+')
    await giveName(temporary, to)
  } finally {
    await rm(temporary, { force: true })
  }
  // A folder cannot be opened on Windows, which keeps names durable by itself.
  if (process.platform !== 'win32') await sync(dirname(to), 'r')
}

function runCopy(workerData: { module: string; from: string; to: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    // Without the parent's flags: loaders of a test runner have no business in there.
    const worker = new Worker(COPY, { eval: true, workerData, execArgv: [] })
    worker.once('error', reject)
    worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`The copying thread ended with ${code}`))))
  })
}

/**
 * A link, unlike a rename, fails when the name is taken. Where the file system has no links the name is claimed with an
 * empty file first, which only a crash between the two steps leaves behind.
 */
async function giveName(temporary: string, to: string): Promise<void> {
  try {
    await link(temporary, to)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(String(code))) throw error
    await (await open(to, 'wx', 0o600)).close()
    await rename(temporary, to)
  }
}

async function sync(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
