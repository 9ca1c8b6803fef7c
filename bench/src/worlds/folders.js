// Where worlds are kept between runs, and where a run works on copies of them.
import { createHash } from 'node:crypto'
import { constants, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..', '..', '..')
export const worlds = join(root, 'bench', 'worlds')
const running = join(worlds, 'running')

const server = join(root, 'packages', 'server', 'src')

/** Another schema or other people make another world, so it is made anew when either changes. */
export const worldMark = digestOf(join(server, 'db', 'migrations'), join(server, 'features', 'demo'))

/** @param {string[]} folders */
function digestOf(...folders) {
  const hash = createHash('sha256')
  for (const folder of folders) {
    // Tests make nobody.
    const names = readdirSync(folder).filter((name) => !name.endsWith('.test.ts'))
    for (const name of names.sort()) hash.update(name).update(readFileSync(join(folder, name)))
  }
  return hash.digest('hex').slice(0, 12)
}

/**
 * A folder that holds something costly: what was made before, or what `make` makes now. One that was interrupted is not taken
 * for a whole one.
 * @param {string} name
 * @param {string} mark Another mark means that it must be made anew.
 * @param {(folder: string) => Promise<object>} make Answers what has to be known of it.
 * @returns {Promise<{ folder: string, facts: any }>}
 */
export async function kept(name, mark, make) {
  const folder = join(worlds, name)
  const factsFile = join(folder, 'facts.json')
  const facts = existsSync(factsFile) ? JSON.parse(readFileSync(factsFile, 'utf8')) : null
  if (facts?.mark === mark) return { folder, facts }
  rmSync(folder, { recursive: true, force: true })
  const making = `${folder}.making`
  rmSync(making, { recursive: true, force: true })
  mkdirSync(making, { recursive: true })
  const made = { ...(await make(making)), mark }
  writeFileSync(join(making, 'facts.json'), JSON.stringify(made))
  renameSync(making, folder)
  return { folder, facts: made }
}

let copies = 0

/**
 * A copy to write to, gone after `remove`.
 * @param {string} folder
 */
export function copyOf(folder) {
  const copy = join(running, `${process.pid}-${(copies += 1)}`)
  mkdirSync(running, { recursive: true })
  // Shares blocks with the original where the file system can.
  cpSync(folder, copy, { recursive: true, mode: constants.COPYFILE_FICLONE })
  return { folder: copy, remove: () => rmSync(copy, { recursive: true, force: true }) }
}

/** Copies of runs that ended without removing them. */
export function removeLeftovers() {
  for (const name of existsSync(running) ? readdirSync(running) : []) {
    if (!isAlive(Number(name.split('-')[0]))) rmSync(join(running, name), { recursive: true, force: true })
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
