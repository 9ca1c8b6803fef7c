import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readArguments } from './arguments.js'

test('without a name everything runs but what is too long', () => {
  const { names, rounds, seconds, connections, world, referrals } = readArguments([])
  assert.ok(names.includes('authenticate') && names.includes('overload'))
  assert.ok(!names.includes('soak') && !names.includes('growth-10m') && !names.includes('referrals'))
  assert.deepEqual([rounds, seconds, connections, world, referrals], [5, 2, 32, 1_000_000, 1_000_000])
})

test('what is too long runs by its name', () => {
  assert.deepEqual(readArguments(['soak', '--minutes', '1']).names, ['soak'])
})

test('an unknown part, option or number is refused in words', () => {
  assert.throws(() => readArguments(['speed']), /There is no part speed\. Known: authenticate, /)
  assert.throws(() => readArguments(['--rounds', '0']), /--rounds must be a whole number/)
  assert.throws(() => readArguments(['--fast']), /Unknown option/)
})
