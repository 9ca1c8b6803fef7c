// Peers are pinned exactly, so what the package file says is what runs.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const { dependencies } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'))

/** @param {string} name @returns {string} */
export function versionOf(name) {
  return dependencies[name]
}
