// The instance secret: given by the environment, or made once and kept beside the embedded database.
import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError, type Config } from './config.ts'

/** Throws `ConfigError` when there is none and none can be made: several nodes must share one. */
export async function instanceSecret(config: Config): Promise<string> {
  if (config.secret !== null) return config.secret
  if (!config.databaseUrl.startsWith('sqlite:')) {
    throw new ConfigError('NARTHEX_SECRET is required with PostgreSQL: every process on the database needs the same one')
  }
  const file = join(config.dataDir, 'secret')
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
  const made = await make(file)
  if (made !== null) return made
  const text = (await readFile(file, 'utf8')).trim()
  if (Buffer.byteLength(text) < 32) throw new ConfigError(`${file} must hold at least 32 bytes`)
  return text
}

/** null when the file is there already, also when another process made it this moment. */
async function make(file: string): Promise<string | null> {
  try {
    const handle = await open(file, 'wx', 0o600)
    try {
      const text = randomBytes(32).toString('base64url')
      await handle.writeFile(`${text}\n`)
      await handle.sync()
      return text
    } finally {
      await handle.close()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null
    throw error
  }
}
