// What was shown of an account is remembered until the account is erased.
import { expect, it } from 'vitest'
import type { ShownRow } from './queries.ts'
import { forgetShown, showPage } from './shown-pages.ts'

const row = (id: string): ShownRow => ({
  workspace_id: 'w',
  id,
  channel_id: 'c',
  super_identity_id: 's',
  external_user_group_id: null,
  tier_id: null,
  external_id: null,
  identifier: `${id}@example.com`,
  name: 'Ada',
  version: 1,
  created_at: 1,
  updated_at: 1,
})

it('asks again for an account that was erased, on every page that showed it, and for no other', async () => {
  const asked: string[] = []
  const find = async (ids: readonly string[]) => {
    asked.push(...ids)
    return ids.map(row)
  }
  const pages = ['ada-1 1,bob-2 1', 'bob-2 1,ada-1!1', 'bob-2 1']
  const showAll = async () => {
    asked.length = 0
    for (const lines of pages) await showPage(lines, { size: 10, isFirst: true }, find)
    return asked
  }
  expect(await showAll()).toEqual(['ada-1', 'bob-2'])
  expect(await showAll()).toEqual([])
  forgetShown('ada-1')
  expect(await showAll()).toEqual(['ada-1'])
})
