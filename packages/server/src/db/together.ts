// What is asked for in one turn of the event loop is done together, and what fails together is done alone.
import { endOfTurn } from '../lib/turn.ts'
import { DatabaseOverloaded, DatabaseUnavailable } from './errors.ts'

export interface Together<Item, Answer> {
  /** As many as are done together. */
  readonly max: number
  /** Answers in the order of the items, undefined for one that is to be done alone. */
  many(items: readonly Item[]): Promise<readonly (Answer | undefined)[]>
  alone(item: Item): Promise<Answer>
}

interface Waiting<Item, Answer> {
  readonly item: Item
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/** Only what is asked for under the same key of the same owner is done together. */
export function together<Item, Answer>({ max, many, alone }: Together<Item, Answer>) {
  const gathering = new WeakMap<object, Map<string, Waiting<Item, Answer>[]>>()

  async function settle(waiting: readonly Waiting<Item, Answer>[]): Promise<void> {
    let answers: readonly (Answer | undefined)[] = []
    try {
      answers = await many(waiting.map(({ item }) => item))
    } catch (error) {
      // Nobody answers for what another one asked, unless nobody gets an answer at all.
      if (error instanceof DatabaseUnavailable || error instanceof DatabaseOverloaded) {
        return waiting.forEach(({ reject }) => reject(error))
      }
    }
    waiting.forEach(({ item, resolve, reject }, place) => {
      const answer = answers[place]
      if (answer === undefined) alone(item).then(resolve, reject)
      else resolve(answer)
    })
  }

  return (owner: object, key: string, item: Item): Promise<Answer> => {
    let byKey = gathering.get(owner)
    if (!byKey) gathering.set(owner, (byKey = new Map()))
    return new Promise((resolve, reject) => {
      const waiting = byKey.get(key) ?? []
      waiting.push({ item, resolve, reject })
      const go = () => {
        if (byKey.get(key) !== waiting) return
        byKey.delete(key)
        void settle(waiting)
      }
      if (waiting.length === 1) {
        byKey.set(key, waiting)
        void endOfTurn().then(go)
      }
      if (waiting.length === max) go()
    })
  }
}
