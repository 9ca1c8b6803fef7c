// Reading server-sent events (WHATWG HTML, section 9.2) from a body, within bounds.

export interface ReceivedEvent {
  readonly event: string
  readonly data: string
}

/** Twice the largest statement. */
const charactersMax = 16_777_216

/** Calls back for every event, in order, and for every piece that arrives at all. Ends with the body. */
export async function readEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  { onPiece, onEvent }: { onPiece: () => void; onEvent: (event: ReceivedEvent) => Promise<void> },
): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  const pieces: string[] = []
  let waiting = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    onPiece()
    pieces.push(value)
    waiting += value.length
    if (waiting > charactersMax) throw new Error(`An event has more than ${charactersMax} characters`)
    // A long event comes in many pieces; they are joined once, when it is complete.
    if (!value.includes('\n')) continue
    const blocks = pieces.join('').replaceAll('\r\n', '\n').split('\n\n')
    const rest = blocks.pop() as string
    pieces.splice(0, pieces.length, rest)
    waiting = rest.length
    for (const block of blocks) {
      const event = readBlock(block)
      if (event) await onEvent(event)
    }
  }
}

/** Null for comments and hints, which carry no data. */
function readBlock(block: string): ReceivedEvent | null {
  const fields = block.split('\n').map((line) => /^(event|data)(?:: ?(.*))?$/.exec(line) ?? [])
  const values = (name: string) => fields.filter((field) => field[1] === name).map((field) => field[2] ?? '')
  const data = values('data')
  return data.length === 0 ? null : { event: values('event').at(-1) ?? 'message', data: data.join('\n') }
}
