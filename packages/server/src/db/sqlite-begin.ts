// Taking SQLite's one write lock without stopping the process while another process holds it.
import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseUnavailable } from './errors.ts'
import type { SqliteConnection } from './sqlite-driver.ts'

/**
 * Short, because SQLite waits inside the call and nothing else runs meanwhile; long enough to catch the moment between
 * two commits of another process, which polling from outside would keep missing.
 */
export const BUSY_TIMEOUT_MS = 20
const PAUSE_MS_MAX = 50

/** Runs `take`, again and again while the database is busy, for `busyMs` at most. */
export async function whenFree(busyMs: number, take: () => void): Promise<void> {
  const end = performance.now() + busyMs
  for (let pause = 1; ; pause = Math.min(pause * 2, PAUSE_MS_MAX)) {
    try {
      return take()
    } catch (error) {
      if (!isBusy(error) || performance.now() >= end) throw error
    }
    await sleep(pause * (0.5 + Math.random()))
  }
}

export function beginImmediate(connection: SqliteConnection, busyMs: number): Promise<void> {
  return whenFree(busyMs, () => connection.exec('begin immediate'))
}

function isBusy(error: unknown): boolean {
  const cause = error instanceof DatabaseUnavailable ? error.cause : undefined
  return cause instanceof Error && 'errcode' in cause && (Number(cause.errcode) & 0xff) === 5
}

export function rollback(connection: SqliteConnection): void {
  if (connection.inTransaction) connection.exec('rollback')
}
