// How long a sign-in lasts.

/** NIST SP 800-63B asks for a new sign-in after a day at the latest; a working day is less. */
export const signInLastsMs = 12 * 60 * 60 * 1000
/** Unused for this long it ends before: somebody left. */
export const signInIdleMs = 60 * 60 * 1000
/** Of one login; the oldest gives way. Nobody has so many browsers. */
export const signInsMax = 50
