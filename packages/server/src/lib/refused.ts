// What an operator asked for cannot be done. The message is one line that a person can act on.

export class Refused extends Error {
  override readonly name = 'Refused'
}
