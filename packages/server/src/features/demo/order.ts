// The external users of a world in the order of time, however many there are.
import { appendFileSync, closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { worldAgeMs, type DemoExternalUser } from './world.ts'

/** External users in memory at once, some 30 MB. */
const atOnce = 50_000

/** Characters of a stretch that are written together. */
const gathered = 65_536

/** Digits of a moment, which are in its order as long as they are as many: until the year 2286. */
const digits = 13

interface Extent {
  readonly size: number
  readonly beginning: number
}

/**
 * As they would have come: whoever follows lies behind all others in most indexes, so that a batch touches few pages of them
 * and leaves them full. More than fit into memory are sorted in files, each for a stretch of time.
 */
export function* inOrderOfTime(users: Iterable<DemoExternalUser>, extent: Extent): Generator<DemoExternalUser> {
  if (extent.size <= atOnce) return yield* [...users].sort((a, b) => a.createdAt - b.createdAt)
  const folder = mkdtempSync(join(tmpdir(), 'narthex-demo-'))
  const stretches = Array.from({ length: Math.ceil(extent.size / atOnce) }, (_, i) =>
    newStretch(join(folder, String(i))),
  )
  // Files without a name go with the process, however it ends: people interrupt this, and some hundred megabytes would stay.
  if (process.platform !== 'win32') rmSync(folder, { recursive: true })
  try {
    fill(stretches, users, extent)
    while (stretches.length > 0) {
      const lines = take(stretches.shift() as Stretch)
        .split('\n')
        .sort()
      // Parsed one by one: as objects all of them would be copied by the garbage collector.
      for (const line of lines) if (line !== '') yield JSON.parse(line.slice(digits)) as DemoExternalUser
    }
  } finally {
    for (const { file } of stretches) closeSync(file)
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Stretch {
  readonly file: number
  /** What is not in the file yet. */
  text: string
}

function newStretch(path: string): Stretch {
  return { file: openSync(path, 'wx+'), text: '' }
}

function fill(stretches: readonly Stretch[], users: Iterable<DemoExternalUser>, { beginning }: Extent): void {
  const { length } = stretches
  for (const user of users) {
    // The world grows with the square of time, so that the stretches are of one size.
    const share = ((user.createdAt - beginning) / worldAgeMs) ** 2
    const stretch = stretches[Math.min(length - 1, Math.floor(share * length))] as Stretch
    stretch.text += `${user.createdAt}${JSON.stringify(user)}\n`
    if (stretch.text.length >= gathered) writeOut(stretch)
  }
  for (const stretch of stretches) writeOut(stretch)
}

function writeOut(stretch: Stretch): void {
  appendFileSync(stretch.file, stretch.text)
  stretch.text = ''
}

/** All of it; the file is gone then. */
function take({ file }: Stretch): string {
  const bytes = Buffer.allocUnsafe(fstatSync(file).size)
  readSync(file, bytes, 0, bytes.length, 0)
  closeSync(file)
  return bytes.toString('utf8')
}
