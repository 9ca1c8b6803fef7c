// The requests that several parts send to Narthex.

/** @typedef {import('../harness/load.js').Request} Request */
/** @typedef {import('../subjects/narthex.js').Narthex} Narthex */

/** So few that each comes again within the minute in which a sight is noted once, however slow the machine. */
const regulars = 2_000

/** People who come again and again. @param {Narthex} narthex */
export function authenticateRequests(narthex) {
  return authentications(narthex, narthex.world.people.slice(0, regulars))
}

/**
 * People whom nobody has seen for a minute, others in each round: each of them has a sight noted.
 * @param {Narthex} narthex
 * @param {number} rounds
 */
export function firstSights(narthex, rounds) {
  const others = narthex.world.people.slice(regulars)
  const size = Math.floor(others.length / (rounds + 1))
  return async (/** @type {number} */ round) => authentications(narthex, others.slice(round * size, (round + 1) * size))
}

/**
 * Each by what the integrator knows them by.
 * @param {Narthex} narthex
 * @param {readonly import('../worlds/narthex.js').Person[]} people
 * @returns {Request[]}
 */
function authentications({ json }, people) {
  return people.map(({ channelId, externalId, identifier }) => ({
    method: 'POST',
    path: '/api/v1/external-users/authenticate',
    headers: json,
    body: JSON.stringify(externalId === null ? { channelId, identifier } : { channelId, externalId }),
  }))
}

/** @param {Narthex} narthex @returns {Request[]} */
export function getRequests({ world, key }) {
  return world.people.map(({ id }) => ({ method: 'GET', path: `/api/v1/external-users/${id}`, headers: key }))
}

/** @param {Narthex} narthex @returns {Request} */
export function pageRequest({ world, key }) {
  const query = new URLSearchParams({ channelIds: String(world.channels.web), pageSize: '50' })
  return { method: 'GET', path: `/api/v1/external-users?${query}`, headers: key }
}

/** Somebody new by each request. @param {Narthex} narthex @returns {Request} */
export function createRequest({ world, json }) {
  const body = {
    channelId: world.channels.email,
    externalId: 'customer-@run@-##########',
    identifier: 'bench.@run@.##########@mail.example',
    name: 'Ada Lovelace',
  }
  return { method: 'POST', path: '/api/v1/external-users', headers: json, body: JSON.stringify(body) }
}
