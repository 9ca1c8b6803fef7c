// The settings every demo workspace has, and the people a quick start can count on; a data table.

export type DemoTierKey = 'free' | 'standard' | 'priority' | 'trial'
export type DemoChannelKey = 'web' | 'whatsapp' | 'email' | 'telegram' | 'portal'

export interface DemoTierTemplate {
  key: DemoTierKey
  name: string
  description: string | null
  limits: { metric: string; max: number; windowSeconds: number }[]
  tokenLifetimeSeconds: number | null
}

export interface DemoChannelTemplate {
  key: DemoChannelKey
  name: string
  kind: string
  description: string | null
  identifierKind: 'email' | 'phone' | 'username' | 'opaque'
  defaultCountry: string | null
  provisioning: 'automatic' | 'manual'
  admission: 'open'
  defaultTier: DemoTierKey | null
  tokenLifetimeSeconds: number | null
}

export interface DemoGroupTemplate {
  key: string
  name: string
  externalId: string
  tier: DemoTierKey | null
  // Where the company's own people get their mail.
  domain: string
}

export interface QuickStartPerson {
  channel: DemoChannelKey
  identifier: string | null
  externalId: string | null
  name: string | null
  group: string | null
  tier: DemoTierKey | null
  createdDaysAgo: number
  seenDaysAgo: number | null
  blockedDaysAgo: number | null
}

const minute = 60
const hour = 3_600
const daily = 86_400

export const tierTemplates: readonly DemoTierTemplate[] = [
  {
    key: 'free',
    name: 'Free',
    description: 'For everyone who just drops in.',
    tokenLifetimeSeconds: null,
    limits: [
      { metric: 'messages', max: 20, windowSeconds: hour },
      { metric: 'uploads', max: 5, windowSeconds: daily },
    ],
  },
  {
    key: 'standard',
    name: 'Standard',
    description: 'Paying customers on the regular contract.',
    tokenLifetimeSeconds: null,
    limits: [
      { metric: 'messages', max: 200, windowSeconds: hour },
      { metric: 'uploads', max: 50, windowSeconds: daily },
    ],
  },
  {
    key: 'priority',
    name: 'Priority',
    description: 'Contract customers with an agreed response time.',
    tokenLifetimeSeconds: 12 * hour,
    limits: [
      { metric: 'messages', max: 2_000, windowSeconds: hour },
      { metric: 'uploads', max: 500, windowSeconds: daily },
      { metric: 'calls', max: 30, windowSeconds: daily },
    ],
  },
  {
    key: 'trial',
    name: 'Trial',
    description: 'Two weeks of Standard at a slower pace.',
    tokenLifetimeSeconds: 15 * minute,
    limits: [{ metric: 'messages', max: 50, windowSeconds: daily }],
  },
]

export const channelTemplates: readonly DemoChannelTemplate[] = [
  {
    key: 'web',
    name: 'Web chat',
    kind: 'web',
    description: 'The chat bubble on the home page.',
    identifierKind: 'opaque',
    defaultCountry: null,
    provisioning: 'automatic',
    admission: 'open',
    defaultTier: 'free',
    tokenLifetimeSeconds: 30 * minute,
  },
  {
    key: 'whatsapp',
    name: 'WhatsApp',
    kind: 'whatsapp',
    description: 'The service number for customers on the road.',
    identifierKind: 'phone',
    defaultCountry: 'DE',
    provisioning: 'automatic',
    admission: 'open',
    defaultTier: 'standard',
    tokenLifetimeSeconds: null,
  },
  {
    key: 'email',
    name: 'E-mail',
    kind: 'email',
    description: 'Everything sent to the help address.',
    identifierKind: 'email',
    defaultCountry: null,
    provisioning: 'automatic',
    admission: 'open',
    defaultTier: 'standard',
    tokenLifetimeSeconds: null,
  },
  {
    key: 'telegram',
    name: 'Telegram',
    kind: 'telegram',
    description: null,
    identifierKind: 'username',
    defaultCountry: null,
    provisioning: 'automatic',
    admission: 'open',
    defaultTier: 'free',
    tokenLifetimeSeconds: null,
  },
  {
    key: 'portal',
    name: 'Partner portal',
    kind: 'portal',
    description: 'Partner staff, entered by hand.',
    identifierKind: 'email',
    defaultCountry: null,
    provisioning: 'manual',
    admission: 'open',
    defaultTier: null,
    tokenLifetimeSeconds: 8 * hour,
  },
]

const nordwind = 'nordwind-logistik.example'
const helio = 'hélio-énergie.example'
const sakura = 'sakura-robotics.example'

export const groupTemplates: readonly DemoGroupTemplate[] = [
  {
    key: 'nordwind-drivers',
    name: 'Nordwind Logistik — Drivers',
    externalId: 'crm-1001',
    tier: null,
    domain: nordwind,
  },
  {
    key: 'nordwind-dispatch',
    name: 'Nordwind Logistik — Dispatch',
    externalId: 'crm-1002',
    tier: 'priority',
    domain: nordwind,
  },
  {
    key: 'nordwind-warehouse',
    name: 'Nordwind Logistik — Warehouse',
    externalId: 'crm-1003',
    tier: null,
    domain: nordwind,
  },
  {
    key: 'nordwind-customs',
    name: 'Nordwind Logistik — Customs',
    externalId: 'crm-1004',
    tier: 'standard',
    domain: nordwind,
  },
  {
    key: 'helio-field-service',
    name: 'Hélio Énergie — Field service',
    externalId: 'crm-2001',
    tier: 'priority',
    domain: helio,
  },
  { key: 'helio-installers', name: 'Hélio Énergie — Installers', externalId: 'crm-2002', tier: null, domain: helio },
  { key: 'helio-auditors', name: 'Hélio Énergie — Auditors', externalId: 'crm-2003', tier: 'trial', domain: helio },
  {
    key: 'sakura-support',
    name: 'Sakura Robotics 桜 — Support',
    externalId: 'crm-3001',
    tier: 'priority',
    domain: sakura,
  },
  {
    key: 'sakura-purchasing',
    name: 'Sakura Robotics 桜 — Purchasing',
    externalId: 'crm-3002',
    tier: 'standard',
    domain: sakura,
  },
  {
    key: 'sakura-assembly',
    name: 'Sakura Robotics 桜 — Assembly line',
    externalId: 'crm-3003',
    tier: null,
    domain: sakura,
  },
]

// Always the first external users of a demo, in this order, whatever its seed and size. None of the addresses below
// can be dealt out to anybody else.
export const quickStartPeople: readonly QuickStartPerson[] = [
  {
    channel: 'web',
    identifier: null,
    externalId: 'demo-ada',
    name: 'Ada Lovelace',
    group: null,
    tier: 'priority',
    createdDaysAgo: 365,
    seenDaysAgo: 0.01,
    blockedDaysAgo: null,
  },
  {
    channel: 'email',
    identifier: 'grace.hopper@example.com',
    externalId: 'demo-grace',
    name: 'Grace Hopper',
    group: 'nordwind-dispatch',
    tier: null,
    createdDaysAgo: 300,
    seenDaysAgo: 1,
    blockedDaysAgo: null,
  },
  {
    // One of the mobile numbers the German regulator keeps for film and drama.
    channel: 'whatsapp',
    identifier: '+49 152 28817386',
    externalId: 'demo-emmy',
    name: 'Emmy Noether',
    group: null,
    tier: null,
    createdDaysAgo: 200,
    seenDaysAgo: 2,
    blockedDaysAgo: null,
  },
  {
    channel: 'telegram',
    identifier: 'demo_alan',
    externalId: null,
    name: 'Alan Turing',
    group: null,
    tier: 'trial',
    createdDaysAgo: 10,
    seenDaysAgo: null,
    blockedDaysAgo: null,
  },
  {
    channel: 'portal',
    identifier: 'katherine.johnson@example.com',
    externalId: 'demo-katherine',
    name: 'Katherine Johnson',
    group: 'helio-auditors',
    tier: null,
    createdDaysAgo: 120,
    seenDaysAgo: 3,
    blockedDaysAgo: null,
  },
  {
    channel: 'web',
    identifier: 'demo_mallory',
    externalId: 'demo-mallory',
    name: 'Mallory Example',
    group: null,
    tier: null,
    createdDaysAgo: 60,
    seenDaysAgo: 31,
    blockedDaysAgo: 30,
  },
]
