// The answer every identifier preparation gives; the preparations themselves live in files of their own.

/** `refused` is the broken rule, read after the name of the field: "must …", "may …". It never repeats the value. */
export type Canonical = { canonical: string } | { refused: string }
