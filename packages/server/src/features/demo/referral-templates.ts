// The team of a demo workspace, the channel that it guards, and what its members write; a data table.
import type { Role } from '@narthex/contract'

export interface DemoMemberTemplate {
  readonly key: string
  readonly firstname: string
  readonly lastname: string
  readonly role: Role
}

/** Where the team gets its mail: reserved, so nobody is ever reached (RFC 2606). */
export const teamDomain = 'team.narthex.example'

const member = (key: string, firstname: string, lastname: string, role: Role): DemoMemberTemplate => ({
  key,
  firstname,
  lastname,
  role,
})

export const memberTemplates: readonly DemoMemberTemplate[] = [
  member('amara', 'Amara', 'Okafor', 'owner'),
  member('bruno', 'Bruno', 'Castellani', 'admin'),
  member('chidori', 'Chidori', 'Nakagawa', 'admin'),
  member('dagny', 'Dagny', 'Sørensen', 'reviewer'),
  member('emre', 'Emre', 'Yıldız', 'reviewer'),
  member('farida', 'Farida', 'Haddad', 'reviewer'),
  member('gwen', 'Gwen', 'Pritchard', 'referrer'),
  member('hamid', 'Hamid', 'Rahimi', 'referrer'),
  member('ilse', 'Ilse', 'Vandenberghe', 'referrer'),
  member('jarek', 'Jarek', 'Wójcik', 'referrer'),
  member('kavita', 'Kavita', 'Menon', 'referrer'),
  member('lior', 'Lior', 'Ben-David', 'viewer'),
  member('maite', 'Maite', 'Etxeberria', 'viewer'),
]

/** Opens to whoever was admitted: the same words as the other channels of the demo. */
export const guardedChannel = {
  name: 'Field service app',
  kind: 'portal',
  description: 'Technicians and partners whom somebody vouches for.',
  identifierKind: 'email',
  defaultCountry: null,
  provisioning: 'automatic',
  admission: 'referral',
  tokenLifetimeSeconds: 3_600,
} as const

/** None of them is a domain of the external users, so no address is dealt out twice. */
export const referredDomains: readonly string[] = [
  'kestrel-robotics.example',
  'tidewater-marine.example',
  'bauwerk-süd.example',
  'lumière-conseil.example',
  'andes-instruments.test',
  'polar-freight.example',
]

/** A third of the referrals say nothing, as in life. */
export const referrerComments: readonly (string | null)[] = [
  'A technician for robot arms.',
  'Replaces her colleague on the night shift until spring.',
  'Audits our warehouse for the insurer.',
  'Begins on Monday; needs the app for the induction.',
  'Worked with us on the last two sites, no complaints.',
  'External consultant, contract until the end of the quarter.',
  'Their new contact for spare parts.',
  'Vouched for by the plant manager in Linköping — «très sérieux».',
  'Drives for Polar Freight, delivers to dock 4.',
  'Student intern, read-only is enough.',
  null,
  null,
  null,
  null,
  null,
]

export const admitComments: readonly (string | null)[] = [
  'Contract checked.',
  'Identity confirmed by phone.',
  'Welcome back.',
  null,
  null,
  null,
]

export const rejectComments: readonly string[] = [
  'No contract on file.',
  'The address belongs to a mailbox that several people share.',
  'Please let the site manager refer them.',
  'Left the company in March.',
  'We could not reach anybody at the number given.',
]

export const revokeComments: readonly string[] = [
  'We no longer require the user in our organization',
  'Project finished.',
  'Lost phone, access ended until it is found.',
  'Contract ended early.',
]
