// Puts all that `narthex` runs into a few files: finding and linking nineteen hundred modules one by one took most of a start and a
// third of its memory. What is loaded late in the sources (the driver of the other database, requests of our own) stays apart.
import { join } from 'node:path'
import { build } from 'rolldown'

const root = join(import.meta.dirname, '..')

await build({
  input: join(root, 'packages', 'cli', 'dist', 'main.js'),
  platform: 'node',
  external: [
    // Its binary is found from its own folder.
    '@photostructure/sqlite',
    // Optional and not installed.
    'pg-native',
    // The framework loads these for schemas of its own and for requests without a socket, and is asked for neither.
    '@fastify/ajv-compiler',
    '@fastify/fast-json-stringify-compiler',
    'light-my-request',
  ],
  output: {
    dir: join(root, 'packages', 'cli', 'dist', 'bundle'),
    cleanDir: true,
    comments: { legal: true, annotation: false, jsdoc: false },
  },
  logLevel: 'warn',
})
