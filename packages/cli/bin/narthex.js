#!/usr/bin/env node
import { existsSync } from 'node:fs'

// A reader that has seen enough, such as `head`, is no failure; a server goes on without whoever read its first lines.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error
  })
}

const built = new URL('../dist/bundle/main.js', import.meta.url)
if (existsSync(built)) {
  const { main } = await import(built)
  process.exitCode = await main(process.argv)
} else {
  console.error('Narthex is not built yet: run npm run build')
  process.exitCode = 1
}
