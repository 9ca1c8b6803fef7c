// Runs a command's work on the configured database, and lets go of it whatever happens.
import { openOperator, readConfig, type OperatorSession } from '@narthex/server'

export interface Access {
  /** The database need not exist yet. */
  readonly mayCreate?: boolean
}

export async function withOperator<T>(access: Access, work: (operator: OperatorSession) => Promise<T>): Promise<T> {
  const operator = await openOperator(readConfig(), access)
  try {
    return await work(operator)
  } finally {
    await operator.close()
  }
}
