// What /metrics tells: rate, errors and duration of requests, the database's gauges, the process and its event loop.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { Database } from '../db/database.ts'

export interface Metrics {
  readonly registry: Registry
  /** `operation` is an id of the contract or a fixed name: never text from a caller. */
  observe(operation: string, status: number, seconds: number): void
  /** A request that never began: it is counted, and has no duration. */
  refused(operation: string, status: number): void
  /** A request that could not begin at once has begun, or was refused. */
  waited(seconds: number, begun: boolean): void
  /** A duration that a feature measures: it is handed the function and knows nothing else of metrics. */
  duration(name: string, help: string, buckets: number[]): (seconds: number) => void
}

/** What is counted elsewhere and only read here. */
export interface Counted {
  readonly db: Database
  readonly inFlight: () => number
  readonly streams: () => number
  readonly waiting: () => number
}

export function createMetrics({ db, inFlight, streams, waiting }: Counted): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'narthex_' })
  const registers = [registry]
  const refusals = countedLater()
  const requests = new Counter({
    name: 'narthex_http_requests_total',
    help: 'Answered requests.',
    labelNames: ['operation', 'status'],
    registers,
    collect() {
      refusals.tell((operation, status, count) => this.inc({ operation, status }, count))
    },
  })
  const duration = new Histogram({
    name: 'narthex_http_request_duration_seconds',
    help: 'From its beginning, after it waited, to the answer handed out.',
    labelNames: ['operation'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  })
  const gauge = (name: string, help: string, value: () => number) => addGauge(registry, { name, help, value })
  gauge('narthex_http_requests_in_flight', 'Requests being answered.', inFlight)
  gauge('narthex_http_requests_waiting', 'Requests that have not begun yet.', waiting)
  gauge('narthex_streams_open', 'Followers of the revocation statement.', streams)
  gauge('narthex_database_writes_waiting', 'Writes waiting for their turn.', () => db.stats().writesWaiting)
  gauge('narthex_database_transactions', 'Transactions committed since the start.', () => db.stats().transactions)
  gauge(
    'narthex_database_commits',
    'Commits since the start; one may carry many transactions.',
    () => db.stats().commits,
  )
  gauge('narthex_database_listening', '1 while news of other processes arrives.', () => Number(db.listening))

  return {
    registry,
    observe(operation, status, seconds) {
      requests.inc({ operation, status })
      duration.observe({ operation }, seconds)
    },
    refused: refusals.add,
    waited: waitObserved(registers, refusals.add),
    duration(name, help, buckets) {
      const histogram = new Histogram({ name, help, buckets, registers })
      return (seconds) => histogram.observe(seconds)
    },
  }
}

/** Refusals, told when somebody asks: to find a series takes the library a good part of what a refusal costs. */
function countedLater() {
  const counts = new Map<number, Map<string, number>>()
  return {
    add(operation: string, status: number): void {
      const byOperation = counts.get(status) ?? new Map<string, number>()
      counts.set(status, byOperation.set(operation, (byOperation.get(operation) ?? 0) + 1))
    },
    tell(of: (operation: string, status: number, count: number) => void): void {
      for (const [status, byOperation] of counts)
        for (const [operation, count] of byOperation) of(operation, status, count)
      counts.clear()
    },
  }
}

function waitObserved(registers: Registry[], refused: Metrics['refused']): Metrics['waited'] {
  const wait = new Histogram({
    name: 'narthex_http_request_wait_seconds',
    help: 'Until requests began that could not begin at once, or were refused.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    registers,
  })
  return (seconds, begun) => {
    wait.observe(seconds)
    // Before anybody looked at what was asked for.
    if (!begun) refused('other', 503)
  }
}

/** Asked whenever somebody asks for it. */
function addGauge(
  registry: Registry,
  { name, help, value }: { name: string; help: string; value: () => number },
): Gauge {
  return new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(value())
    },
  })
}
