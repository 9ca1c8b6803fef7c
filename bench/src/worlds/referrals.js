// A world of few external users and many referrals, all of one organization.
import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { kept, worldMark } from './folders.js'
import { demo, keepPeople, peopleIn } from './narthex.js'

/** As many as are asked for by id. */
const idsMax = 20_000

/**
 * Making a million takes about ten minutes.
 * @param {number} size External users.
 * @param {number} referrals
 * @returns {Promise<import('./narthex.js').World>}
 */
export async function referralWorld(size, referrals) {
  const { folder, facts } = await kept(`narthex-sqlite-${size}-referrals-${referrals}`, worldMark, async (making) => {
    const options = ['--size', String(size), '--referrals', String(referrals)]
    const report = await demo(options, { NARTHEX_DATA_DIR: making })
    const database = new DatabaseSync(join(making, 'narthex.db'), { readOnly: true })
    await keepPeople(making, database, report.workspaceId)
    writeFileSync(join(making, 'referrals.json'), JSON.stringify(someReferrals(database, report.workspaceId)))
    database.close()
    return report
  })
  const ids = JSON.parse(readFileSync(join(folder, 'referrals.json'), 'utf8'))
  return { folder, ...facts, people: peopleIn(folder), referrals: ids }
}

/**
 * Ids are random, so those that come next after random ones are from all parts of the world.
 * @param {InstanceType<typeof DatabaseSync>} database
 * @param {string} workspaceId
 */
function someReferrals(database, workspaceId) {
  const next = database.prepare('select id from referrals where workspace_id = ? and id >= ? order by id limit 1')
  const found = Array.from({ length: idsMax }, () => next.get(workspaceId, randomUUID()))
  return [...new Set(found.flatMap((row) => (row ? [String(row.id)] : [])))]
}
