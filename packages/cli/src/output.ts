// Everything the command says: results on standard output, progress and failures on standard error.
import { progress } from '@clack/prompts'

/** What a command needs to know of a stream; `hasColors` is only there on a terminal and knows NO_COLOR. */
export interface Stream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
  hasColors?(): boolean
}

export interface Output {
  line(text?: string): void
  /** With --json the only thing on standard output. */
  json(value: object): void
  failure(message: string): void
  bold(text: string): string
  /** A bar on a terminal, from the first step on, and nothing anywhere else. */
  progress(max: number, message: string): Progress
}

export interface Progress {
  /** `done` of the maximum. */
  to(done: number, message?: string): void
  end(): void
}

/** Ctrl-C in front of a bar reaches the process as a key, which ends it with 0 unless told otherwise. */
const interruptedExitCode = 130

export function createOutput(stdout: Stream = process.stdout, stderr: Stream = process.stderr): Output {
  return {
    line: (text = '') => void stdout.write(`${text}\n`),
    json: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
    failure: (message) => void stderr.write(`${styled(stderr, 31, 'narthex:')} ${oneLine(message)}\n`),
    bold: (text) => styled(stdout, 1, text),
    progress: (max, message) => (hasRoom(stderr) ? bar(stderr, max, message) : { to() {}, end() {} }),
  }
}

function styled(stream: Stream, code: number, text: string): string {
  return stream.isTTY === true && stream.hasColors?.() === true ? `\u001B[${code}m${text}\u001B[0m` : text
}

/** Whoever reads errors line by line gets the whole error. */
function oneLine(message: string): string {
  return message.replace(/\s*[\r\n]+\s*/g, ' ').trim()
}

/** A narrower terminal, or one that does not know its width, would wrap the bar into a heap of lines. */
const columnsMin = 60

function hasRoom({ isTTY, columns }: Stream): boolean {
  return isTTY === true && (columns ?? 0) >= columnsMin
}

function bar(stream: Stream, max: number, message: string): Progress {
  const onExit = () => (process.exitCode = interruptedExitCode)
  const onCancel = () => process.exit(interruptedExitCode)
  let shown: ReturnType<typeof progress> | null = null
  let at = 0
  return {
    to(done, text = message) {
      if (!shown) {
        shown = progress({ max, onCancel, size: 30, output: stream as NodeJS.WriteStream })
        process.once('exit', onExit)
        shown.start(message)
      }
      shown.advance(Math.max(0, done - at), text)
      at = Math.max(at, done)
    },
    end() {
      process.removeListener('exit', onExit)
      shown?.clear()
    },
  }
}
