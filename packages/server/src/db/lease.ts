// Leases: one process of several does a job. The row is written in the job's own transaction, so a late holder cannot commit.
import type { Tx } from './database.ts'
import { prepared } from './prepared.ts'

export interface Lease {
  readonly name: string
  readonly holder: string
  readonly now: number
  readonly leaseMs: number
}

interface Taking {
  readonly name: string
  readonly holder: string
  readonly now: number
  readonly expires_at: number
}

const takeLease = prepared(({ name, holder, now, expires_at }: Taking, db) =>
  db
    .insertInto('leases')
    .values({ name, holder, expires_at })
    .onConflict((c) =>
      c
        .column('name')
        .doUpdateSet({ holder, expires_at })
        .where((eb) => eb.or([eb('leases.holder', '=', holder), eb('leases.expires_at', '<', now)])),
    )
    .returning('holder'),
)

/** Takes or renews the lease; false while somebody else holds it. */
export async function holdLease(tx: Tx, { name, holder, now, leaseMs }: Lease): Promise<boolean> {
  return (await takeLease(tx, { name, holder, now, expires_at: now + leaseMs })).length > 0
}

/** Gives the lease back, so that nobody has to wait for its end. */
export async function endLease(tx: Tx, name: string, holder: string): Promise<void> {
  await tx.deleteFrom('leases').where('name', '=', name).where('holder', '=', holder).execute()
}
