// parse-server on PostgreSQL, as its guide mounts it: on Express.
import express from 'express'
import { createServer } from 'node:http'
import { ParseServer } from 'parse-server'
import { announce } from './serving.js'

const server = new /** @type {any} */ (ParseServer)({
  appId: 'bench',
  masterKey: process.env.BENCH_MASTER_KEY,
  databaseURI: process.env.BENCH_DATABASE_URL,
  serverURL: 'http://127.0.0.1/parse',
  // Not measured: live queries, files and log files.
  startLiveQueryServer: false,
  silent: true,
  logLevel: 'error',
  verbose: false,
  allowClientClassCreation: false,
  enableAnonymousUsers: false,
})
await server.start()
const app = express()
app.use('/parse', server.app)
announce(createServer(app))
