// Writes the files that follow from the contract. With --check it writes nothing and exits 1 when one of them differs.
// It reads the built contract: run `npm run build` first, or `npm run generate`, which does both.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as contract from '@narthex/contract'
import { errorsPage } from './errors-page.js'
import { sdkTypes } from './sdk-types.js'

const root = join(import.meta.dirname, '..')

/** The address where a fresh start listens. A running service answers the document with its own public address. */
const document = contract.openapi('http://127.0.0.1:8080')

const files = {
  'openapi.json': `${JSON.stringify(document, null, 2)}\n`,
  'docs/errors.md': errorsPage(contract),
  'packages/sdk/src/types.ts': sdkTypes(document),
}

async function isCurrent(path, text) {
  try {
    return (await readFile(join(root, path), 'utf8')) === text
  } catch (error) {
    if (error.code === 'ENOENT') return false
    throw error
  }
}

async function differing() {
  const entries = Object.entries(files)
  const current = await Promise.all(entries.map(([path, text]) => isCurrent(path, text)))
  return entries.filter((_, i) => !current[i])
}

async function write([path, text]) {
  const file = join(root, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}

const [option, ...more] = process.argv.slice(2)
if ((option !== undefined && option !== '--check') || more.length > 0) {
  console.error('Usage: node scripts/generate.js [--check]')
  process.exitCode = 2
} else {
  const stale = await differing()
  const names = stale.map(([path]) => path).join(', ')
  if (option === '--check' && stale.length > 0) {
    console.error(`Not what the contract says: ${names}. Run \`npm run generate\`.`)
    process.exitCode = 1
  } else if (option !== '--check') {
    await Promise.all(stale.map(write))
    console.log(stale.length > 0 ? `Written: ${names}` : 'Everything is up to date.')
  }
}
