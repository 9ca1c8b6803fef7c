// Where the service listens: at one address, or at both that `localhost` names.
import { lookup } from 'node:dns/promises'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import type { FastifyInstance } from 'fastify'
import { limits } from './limits.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

const backlog = limits.connectionsWaitingMax

/**
 * The framework would give the second address of `localhost` a server of its own, on which nobody waits in line. Its connections are
 * handed to the first one instead. Answers what else has to be closed.
 */
export async function listen(http: FastifyInstance, { host, port }: Address, find = addressesOf) {
  const found = host === 'localhost' ? await find(host) : []
  const [first, ...others] = [...new Set(found.map(({ address }) => address))]
  await http.listen({ host: first ?? host, port, backlog })
  const own = (http.server.address() as AddressInfo).port
  const servers = await Promise.all(others.map((other) => alsoAt(http, { host: other, port: own })))
  return async () => {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  }
}

const addressesOf = (host: string) => lookup(host, { all: true })

/** The machine may not have it, or the port may be taken there: the first address is enough. */
async function alsoAt(http: FastifyInstance, address: Address): Promise<Server> {
  const hand = (socket: Socket) => http.server.emit('connection', socket)
  // As `node:http` opens its own.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, hand).listen({ ...address, backlog })
  server.maxConnections = http.server.maxConnections
  await once(server, 'listening').catch(() => {})
  return server
}
