// Puts all that `narthex` runs into a few files: finding and linking nineteen hundred modules one by one took most of a start and a
// third of its memory. What is loaded late in the sources (the driver of the other database, requests of our own) stays apart.
import { join } from 'node:path'
import { build } from 'rolldown'

const root = join(import.meta.dirname, '..')

await build({
  input: join(root, 'packages', 'cli', 'dist', 'main.js'),
  platform: 'node',
  // Its binary is found from its own folder; the other one is optional and not installed.
  external: ['@photostructure/sqlite', 'pg-native'],
  output: { dir: join(root, 'packages', 'cli', 'dist', 'bundle'), cleanDir: true },
  logLevel: 'warn',
})
