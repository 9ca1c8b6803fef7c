// Ids of what this service makes: UUIDs of version 4, whose first 48 bits are the time instead of chance.
import { randomUUID } from 'node:crypto'

let time = 0
let prefix = ''

/**
 * What is made together lies together in every index, so a write touches few pages however many rows there are. 74 random
 * bits a millisecond remain, so no two are ever equal; an id is no secret.
 */
export function newId(): string {
  const now = Date.now()
  if (now !== time) {
    const hex = now.toString(16).padStart(12, '0')
    prefix = `${hex.slice(0, 8)}-${hex.slice(8)}`
    time = now
  }
  return prefix + randomUUID().slice(13)
}
