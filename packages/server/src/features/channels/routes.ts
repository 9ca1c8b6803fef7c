// Channels: the contract's operations bound to their rules.
import { pageOf, type Handlers } from '../../http/answer.ts'
import { ApiError } from '../../lib/api-error.ts'
import { searchTerm } from '../../lib/fold-for-search.ts'
import { presentChannel } from './presenter.ts'
import { channels, channelsMatching, type ChannelRow } from './queries.ts'
import { changeChannel, createChannel, removeChannel, setArchived } from './service.ts'

const answer = (channel: ChannelRow) => ({ body: presentChannel(channel), version: channel.version })

export const channelRoutes = {
  async 'channels.list'({ db, principal }, { query, page }) {
    const { ids, archived } = query
    const search = searchTerm(query.search)
    const matching = channelsMatching(db.read, { ids, archived, search })
    const reader = search === undefined ? db.read : db.aside
    const { rows, next } = pageOf(await channels.list(reader, principal.workspaceId, matching, page), page)
    const total = query.count ? await channels.count(db.aside, principal.workspaceId, matching) : null
    return { body: rows.map(presentChannel), next, total }
  },

  async 'channels.create'(ctx, { body }) {
    return answer(await createChannel(ctx, body))
  },

  async 'channels.get'({ db, principal }, { id }) {
    const channel = await channels.find(db.read, principal.workspaceId, id)
    if (!channel) throw new ApiError('channel_not_found')
    return answer(channel)
  },

  async 'channels.update'(ctx, { id, body, ifMatch }) {
    return answer(await changeChannel(ctx, id, body, ifMatch))
  },

  async 'channels.archive'(ctx, { id }) {
    return answer(await setArchived(ctx, id, true))
  },

  async 'channels.unarchive'(ctx, { id }) {
    return answer(await setArchived(ctx, id, false))
  },

  async 'channels.delete'(ctx, { id, ifMatch }) {
    await removeChannel(ctx, id, ifMatch)
    return { body: { message: 'The channel was deleted.' } }
  },
} satisfies Partial<Handlers>
