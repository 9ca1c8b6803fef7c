// How long a cut-off or a revoked token goes on to matter. Numbers alone, so that chores and statements agree.

const hourMs = 3_600_000

/** The longest life that the contract lets a token have. */
const tokenLifeMaxMs = 24 * hourMs

/**
 * A clock may have been wrong by two days either way when a token was issued, when it was cut off, and while a statement
 * is made: the one thing that reads times here must survive all three. The hour is for verifiers' tolerances.
 */
const clockErrorMaxMs = 49 * hourMs

/** A cut-off is stated this long: until every token that it ends has expired, whatever the clocks said. Seven days. */
export const cutOffsMatterMs = tokenLifeMaxMs + 3 * clockErrorMaxMs

/** A revoked token is stated this long after its expiry: the verifier's clock decides on that, not the one here. */
export const revokedTokensMatterMs = clockErrorMaxMs

/** Rows of revoked tokens decide introspection too, so they outlive every statement that names them. */
export const revokedTokensKeptMs = 3 * clockErrorMaxMs
