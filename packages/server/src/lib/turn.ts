// Requests that arrived in one turn of the event loop take their steps together: all are parsed, then all ask the database, then
// all are signed and answered. Each step's code and tables are then in the processor's caches once for all of them, which makes a
// busy server half as dear again; a request that is alone waits for nothing.

let turn: Promise<void> | undefined

/** Resolves when what else has arrived by now has been read. Whoever awaits it in the same turn goes on in the order of asking. */
export function endOfTurn(): Promise<void> {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = undefined
      resolve()
    })
  })
  return turn
}
