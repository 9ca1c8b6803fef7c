// The instance secret: given by the environment, or made once and kept beside the embedded database.
import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError, type Config } from './config.ts'

/** Throws `ConfigError` when there can be none: several nodes must share one, so only the embedded database makes its own. */
export function requireSecretSetting(config: Config): void {
  if (config.secret !== null || config.databaseUrl.startsWith('sqlite:')) return
  throw new ConfigError('NARTHEX_SECRET is required with PostgreSQL: every process on the database needs the same one')
}

/**
 * The secret of a database. One that was set up before has its secret already, so a missing file is a mistake to tell
 * and not a gap to fill with another one.
 */
export async function instanceSecret(config: Config, isSetUp: boolean): Promise<string> {
  requireSecretSetting(config)
  if (config.secret !== null) return config.secret
  const file = join(config.dataDir, 'secret')
  const text = (await read(file)) ?? (isSetUp ? null : await make(config.dataDir, file))
  if (text === null) {
    throw new ConfigError(`${file} is missing and belongs to this database: put it back, or set NARTHEX_SECRET to it`)
  }
  if (Buffer.byteLength(text) < 32) throw new ConfigError(`${file} must hold at least 32 bytes`)
  return text
}

async function read(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** The name appears with the whole content behind it, for another process may be starting at this moment. */
async function make(folder: string, file: string): Promise<string | null> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const temporary = `${file}.${randomUUID()}.part`
  try {
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(`${randomBytes(32).toString('base64url')}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await link(temporary, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(temporary, { force: true })
  }
  return read(file)
}
