// What a thread with a SQLite connection runs. Text, because a file would have one name in the sources and another in the build.

/** Answers one statement after the other; `null` ends it. */
export const THREAD = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { DatabaseSync } = require(workerData.module)
  try {
    const { getPriority, setPriority } = require('node:os')
    if (process.platform === 'linux') setPriority(0, Math.min(19, getPriority(0) + workerData.niceness))
  } catch {
    // Where a sandbox forbids it, this thread is as urgent as the others.
  }
  const database = new DatabaseSync(workerData.file, { readOnly: workerData.readOnly })
  database.exec(workerData.settings)
  const prepared = new Map()
  function prepare(text) {
    const found = prepared.get(text) ?? { statement: database.prepare(text) }
    found.answers ??= found.statement.columns().length > 0
    prepared.delete(text)
    prepared.set(text, found)
    if (prepared.size > workerData.preparedMax) prepared.delete(prepared.keys().next().value)
    return found
  }
  function answer({ text, values, inTransaction }) {
    try {
      // A full disk, for one, makes SQLite end a transaction: what was meant for it must not be stored on its own.
      if (inTransaction && !database.isTransaction) throw new Error('The transaction was ended by a failure')
      const { statement, answers } = prepare(text)
      if (!answers) return { rows: [], changes: statement.run(...values).changes }
      const rows = statement.all(...values)
      return { rows, changes: rows.length }
    } catch ({ message, code, errcode }) {
      // Not every library tells a code of SQLite; one that is not there must not look like one.
      return { failure: errcode === undefined ? { message, code } : { message, code, errcode } }
    }
  }
  parentPort.on('message', (statement) => {
    if (statement) return parentPort.postMessage(answer(statement))
    prepared.clear()
    database.close()
    parentPort.close()
  })
`
