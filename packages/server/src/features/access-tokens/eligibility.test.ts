// The decision itself: what is known of somebody, and the verdict.
import { describe, expect, it } from 'vitest'
import { eligibility, type Standing } from './eligibility.ts'

const at = 1_000
const free: Standing = {
  channelAdmission: 'open',
  channelArchivedAt: null,
  erasedAt: null,
  blockedUntil: { 'external-user': null, person: null, identifier: null },
  admission: null,
  provisionalUntil: null,
  everAdmitted: false,
}
const blocked = (until: Partial<Standing['blockedUntil']>) => ({ blockedUntil: { ...free.blockedUntil, ...until } })

const admitted = (until: number | null): Partial<Standing> => ({
  channelAdmission: 'referral',
  admission: { id: 'a-referral', until },
  everAdmitted: true,
})
const provisional = (provisionalUntil: number): Partial<Standing> => ({
  channelAdmission: 'referral',
  provisionalUntil,
})

const table: [title: string, standing: Partial<Standing>, reasons: string[]][] = [
  ['nothing against it', {}, []],
  [
    'the account blocked without end',
    blocked({ 'external-user': Number.MAX_SAFE_INTEGER }),
    ['external_user_blocked external-user'],
  ],
  ['the person blocked', blocked({ person: at + 1 }), ['external_user_blocked person']],
  ['the identifier blocked', blocked({ identifier: at + 1 }), ['external_user_blocked identifier']],
  [
    'a block that ends one millisecond later',
    blocked({ 'external-user': at + 1 }),
    ['external_user_blocked external-user'],
  ],
  ['a block that ends at this moment', blocked({ 'external-user': at }), []],
  ['blocks that ended', blocked({ 'external-user': at - 1, person: 1, identifier: 1 }), []],
  [
    'blocks of every reach',
    blocked({ 'external-user': at + 1, person: at + 1, identifier: at + 1 }),
    ['external_user_blocked external-user', 'external_user_blocked person', 'external_user_blocked identifier'],
  ],
  ['a channel archived long ago', { channelArchivedAt: 1 }, ['channel_not_found']],
  ['a channel archived at this moment', { channelArchivedAt: at }, ['channel_not_found']],
  ['a channel archived later', { channelArchivedAt: at + 1 }, []],
  ['an account erased', { erasedAt: at }, ['external_user_not_found']],
  ['an account erased later', { erasedAt: at + 1 }, []],
  ['a channel that lets in admitted persons only', { channelAdmission: 'referral' }, ['admission_required']],
  ['an admission that ended', { channelAdmission: 'referral', everAdmitted: true }, ['admission_ended']],
  ['an admission that ended, on an open channel', { everAdmitted: true }, []],
  [
    'a block beside an admission',
    { ...admitted(null), ...blocked({ person: at + 1 }) },
    ['external_user_blocked person'],
  ],
  [
    'everything against it, the gravest first',
    { channelAdmission: 'referral', channelArchivedAt: 1, erasedAt: 1, ...blocked({ person: at + 1 }) },
    ['channel_not_found', 'external_user_not_found', 'external_user_blocked person', 'admission_required'],
  ],
]

describe('eligibility', () => {
  it.each(table)('with %s', (_title, standing, expected) => {
    const { allowed, reasons } = eligibility({ ...free, ...standing }, at)
    expect(reasons.map(({ code, reach }) => (reach ? `${code} ${reach}` : code))).toEqual(expected)
    expect(allowed).toBe(expected.length === 0)
  })

  const second = 1_000
  const byNobody = { admissionId: null, provisional: false, until: null }
  const byAdmission = (until: number | null) => ({ admissionId: 'a-referral', provisional: false, until })
  const byReferral = (until: number) => ({ admissionId: null, provisional: true, until })

  it.each<[title: string, standing: Partial<Standing>, entry: object | string]>([
    ['an open channel', {}, byNobody],
    ['an open channel, whoever is admitted', { ...admitted(null), channelAdmission: 'open' }, byNobody],
    ['an admission without end', admitted(null), byAdmission(null)],
    ['an admission that ends later', admitted(at + second), byAdmission(at + second)],
    ['an admission that ends at this very moment', admitted(at), 'admission_ended'],
    ['an admission that ended', admitted(at - 1), 'admission_ended'],
    // A token of this second would be dead.
    ['an admission that ends within this second', admitted(at + second - 1), 'admission_ended'],
    ['provisional access', provisional(at + second), byReferral(at + second)],
    ['provisional access that ends at this very moment', provisional(at), 'admission_required'],
    ['an admission and provisional access', { ...provisional(9 * at), ...admitted(null) }, byAdmission(null)],
    [
      'provisional access after an admission that ended',
      { ...admitted(at), ...provisional(9 * at) },
      byReferral(9 * at),
    ],
  ])('by %s', (_title, standing, expected) => {
    const { entry, reasons } = eligibility({ ...free, ...standing }, at)
    expect(entry ?? reasons[0]?.code).toEqual(expected)
  })
})
