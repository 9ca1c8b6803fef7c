// The `narthex` command: arguments in, exit code out.
import { createServer, readConfig } from '@narthex/server'

export async function main(argv: string[]): Promise<number> {
  if (argv[2] !== 'serve') return 2
  const server = await createServer(readConfig())
  if (server.firstCredentials) console.log(JSON.stringify(server.firstCredentials))
  console.log(`listening on ${server.address}`)
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
  })
  await server.close()
  return 0
}
