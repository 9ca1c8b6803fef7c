import assert from 'node:assert/strict'
import { test } from 'node:test'
import { figureText, judge, judgeAll, limitText } from './goals.js'

const finding = { goal: 'P1', what: 'authenticate', unit: '×', figure: 4, limit: null }

test('a limit is reached at the limit itself', () => {
  assert.equal(judge({ ...finding, limit: { atMost: 4 } }), 'pass')
  assert.equal(judge({ ...finding, limit: { atMost: 3.99 } }), 'short')
  assert.equal(judge({ ...finding, limit: { atLeast: 4 } }), 'pass')
  assert.equal(judge({ ...finding, limit: { atLeast: 4.01 } }), 'short')
})

test('what has no limit is reported, and what has no figure was not measured', () => {
  assert.equal(judge(finding), 'reported')
  assert.equal(judge({ ...finding, figure: null, limit: { atMost: 1 } }), 'not measured')
})

test('a goal is short as soon as one of its figures is', () => {
  const [pass, short] = [
    { ...finding, limit: { atMost: 4 } },
    { ...finding, limit: { atMost: 1 } },
  ]
  const missing = { ...finding, figure: null }
  assert.equal(judgeAll([pass, short]), 'short')
  assert.equal(judgeAll([pass, missing, finding]), 'pass')
  assert.equal(judgeAll([finding]), 'reported')
  assert.equal(judgeAll([]), 'not measured')
})

test('figures have three digits that mean something', () => {
  assert.deepEqual([0.123, 1.234, 12.34, 123.4, 12_345].map(figureText), ['0.12', '1.23', '12.3', '123', '12,345'])
  assert.deepEqual([{ atMost: 4 }, { atLeast: 30 }, null].map(limitText), ['≤ 4', '≥ 30', ''])
})
