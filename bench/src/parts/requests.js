// The requests that several parts send to Narthex.

/** @typedef {import('../harness/load.js').Request} Request */
/** @typedef {import('../subjects/narthex.js').Narthex} Narthex */

/** Everybody by what the integrator knows them by. @param {Narthex} narthex @returns {Request[]} */
export function authenticateRequests({ world, json }) {
  return world.people.map(({ channelId, externalId, identifier }) => ({
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
