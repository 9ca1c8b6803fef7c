// Every part, in the order of the run.
import { authenticate } from './authenticate.js'
import { create } from './create.js'
import { get } from './get.js'
import { growth, growthTenMillion } from './growth.js'
import { introspect } from './introspect.js'
import { keys } from './keys.js'
import { list } from './list.js'
import { overload } from './overload.js'
import { referrals } from './referrals.js'
import { search } from './search.js'
import { secondCore } from './cores.js'
import { soak } from './soak.js'
import { start } from './start.js'

/** @type {readonly import('../harness/stage.js').Part[]} */
export const parts = [
  authenticate,
  get,
  list,
  create,
  introspect,
  search,
  keys,
  growth,
  secondCore,
  start,
  overload,
  soak,
  growthTenMillion,
  referrals,
]
