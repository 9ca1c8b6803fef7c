// The external users of a world in the order of time, however many there are.
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
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
  try {
    for (const file of writeStretches(users, folder, extent)) {
      const lines = readFileSync(file, 'utf8').split('\n').sort()
      rmSync(file)
      // Parsed one by one: as objects all of them would be copied by the garbage collector.
      for (const line of lines) if (line !== '') yield JSON.parse(line.slice(digits)) as DemoExternalUser
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function writeStretches(users: Iterable<DemoExternalUser>, folder: string, { size, beginning }: Extent): string[] {
  const count = Math.ceil(size / atOnce)
  const stretches = Array.from({ length: count }, (_, i) => ({ file: join(folder, String(i)), text: '' }))
  for (const user of users) {
    // The world grows with the square of time, so that the stretches are of one size.
    const share = ((user.createdAt - beginning) / worldAgeMs) ** 2
    const stretch = stretches[Math.min(count - 1, Math.floor(share * count))] as { file: string; text: string }
    stretch.text += `${user.createdAt}${JSON.stringify(user)}\n`
    if (stretch.text.length < gathered) continue
    appendFileSync(stretch.file, stretch.text)
    stretch.text = ''
  }
  for (const { file, text } of stretches) appendFileSync(file, text)
  return stretches.map(({ file }) => file)
}
