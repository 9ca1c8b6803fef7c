// The answer every identifier preparation gives; the preparations themselves live in files of their own.

/** `refused` is a public sentence that names the broken rule and never repeats the value. */
export type Canonical = { canonical: string } | { refused: string }
