// Puts the tables into docs/performance.md, and the shortest of them into README.md, between two marks each.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../worlds/folders.js'
import { docsTables, overviewTable } from './markdown.js'

const marks = /(<!-- figures: npm run bench -- --write-docs -->\n)[\s\S]*(\n<!-- end of figures -->)/

/** @param {import('./report.js').Report} report */
export function writeDocs(report) {
  writeBetweenMarks(join(root, 'docs', 'performance.md'), docsTables(report))
  writeBetweenMarks(join(root, 'README.md'), overviewTable(report))
}

/**
 * @param {string} page
 * @param {string} tables
 */
function writeBetweenMarks(page, tables) {
  const text = readFileSync(page, 'utf8')
  if (!marks.test(text)) throw new Error(`${page} has lost the marks that the tables stand between`)
  writeFileSync(
    page,
    text.replace(marks, (_, begin, end) => `${begin}\n${tables}\n${end}`),
  )
  // Tables are laid out as the formatter of this repository wants them.
  spawnSync(join(root, 'node_modules', '.bin', 'oxfmt'), ['--write', page], { cwd: root, stdio: 'ignore' })
}
