// `narthex serve`: the server in this process, until it is told to stop.
import { createServer, readConfig } from '@narthex/server'
import { Command } from 'commander'
import { firstKey, nextSteps } from '../credentials.ts'
import type { Output } from '../output.ts'

const help = `
Migrates the database when needed. On an empty database it also makes the first workspace and prints
its API key, this once. SIGTERM and SIGINT let running requests end; a second one does not wait.

Examples:
  $ narthex serve
  $ NARTHEX_PORT=9000 NARTHEX_DATA_DIR=/var/lib/narthex narthex serve`

export function serveCommand(output: Output): Command {
  return new Command('serve')
    .description('serve the API and its reference')
    .addHelpText('after', help)
    .action(() => serve(output))
}

async function serve(output: Output): Promise<void> {
  const stopped = firstSignal()
  const server = await createServer(readConfig(), {
    onFirstCredentials: (credentials) => output.line(firstKey(credentials, output)),
  })
  if (server.firstCredentials) output.line(nextSteps(server.address, server.firstCredentials.apiKey))
  output.line(`listening on ${server.address}`)
  await stopped
  await server.close()
}

/** The second signal ends the process at once. */
function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    let told = false
    const onSignal = () => {
      if (told) process.exit(1)
      told = true
      resolve()
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
}
