// One limit on the time of a call, whatever it does meanwhile; together with the caller's own signal.
import { failed } from './failures.ts'

export interface Deadline {
  /** Aborted when the time is up or the caller gives up; its reason is what the call rejects with. */
  readonly signal: AbortSignal
  /** Milliseconds left. */
  left(): number
  /** Resolves after `ms`, or rejects with the reason when the signal is aborted before. */
  sleep(ms: number): Promise<void>
  /** Must be called at the end: until then a timer runs and the caller's signal is listened to. */
  release(): void
}

export function startDeadline(timeoutMs: number, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController()
  const { signal } = controller
  const ends = performance.now() + timeoutMs
  const message = `The service did not answer within ${timeoutMs} ms.`
  const timer = setTimeout(() => controller.abort(failed('timeout', message)), timeoutMs)
  const giveUp = () => controller.abort(outer?.reason)
  if (outer?.aborted) giveUp()
  else outer?.addEventListener('abort', giveUp, { once: true })
  return {
    signal,
    left: () => ends - performance.now(),
    sleep: (ms) =>
      new Promise((resolve, reject) => {
        const stop = () => {
          clearTimeout(waiting)
          reject(signal.reason as Error)
        }
        const waiting = setTimeout(() => {
          signal.removeEventListener('abort', stop)
          resolve()
        }, ms)
        if (signal.aborted) stop()
        else signal.addEventListener('abort', stop, { once: true })
      }),
    release() {
      clearTimeout(timer)
      outer?.removeEventListener('abort', giveUp)
    },
  }
}
