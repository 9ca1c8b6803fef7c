// docs/errors.md: every error code with its status, its sentence and the operations that may answer it.

/** Takes the contract; answers Markdown. */
export function errorsPage(contract) {
  const { errorCodes, errorsOf, operations, oauthErrorCodes, oauthErrorsOf, oauthOperations } = contract
  const callable = Object.fromEntries(Object.entries(oauthOperations).filter(([, { scope }]) => scope !== null))
  return `# Error codes

Generated from the contract by \`npm run generate\`; do not edit.

An error answers \`{"code", "message", "name", "requestId", "issues"?}\`. Programs decide by \`code\`: once published, a code keeps
its status and its meaning. \`message\` is for people and may say more than the sentence below. With 429 and 503 the header
\`Retry-After\` says after how many seconds to try again.

${table(errorCodes, operations, errorsOf, consoleOnly(contract))}

## Referral API

It answers \`{"errors": [{"code", "message", "messageParameters"?, "logref"}]}\`. The codes are few, and the sentence of the table above
tells refusals of one code apart; \`logref\` is the request id. What is wrong with a request is one entry for each place:
\`messageParameters\` names the \`parameter\`, or the \`property\` of the body.

${referralTable(contract)}

## OAuth endpoints

They answer \`{"error", "error_description"}\` in the words of the RFCs. What the words do not cover keeps its status: a form that is
too large is \`invalid_request\` with 413, too many requests are \`temporarily_unavailable\` with 429. \`issuer_unavailable\` is told
here only, as \`temporarily_unavailable\`.

${table(oauthErrorCodes, callable, oauthErrorsOf)}
`
}

/** What no operation of the API answers, but those of the sign-in page. */
function consoleOnly({ consoleOperations, consoleErrorsOf }) {
  const all = Object.values(consoleOperations)
  return (code) => all.some((operation) => consoleErrorsOf(operation).includes(code))
}

function table(codes, operations, errorsOf, isOfConsole = () => false) {
  const all = Object.values(operations)
  const rows = Object.entries(codes).map(([code, [status, sentence]]) => {
    const declaring = all.filter((operation) => errorsOf(operation).includes(code))
    const where = declaring.length === 0 && isOfConsole(code) ? 'the sign-in page' : whereOf(code, declaring, all)
    return `| \`${code}\` | ${status} | ${cell(sentence)} | ${where} |`
  })
  return ['| code | status | sentence | operations |', '|---|---|---|---|', ...rows].join('\n')
}

/** Each code of the Referral API with the refusals of the operations below it that answer so. */
function referralTable({ errorCodes, errorsOf, operations, referralErrorCodes, referralErrorOf }) {
  const declaring = Object.values(operations).filter(({ surface }) => surface === 'referral')
  const codes = Object.keys(errorCodes).filter(
    (code) => beforeOperations.has(code) || declaring.some((operation) => errorsOf(operation).includes(code)),
  )
  const rows = Object.entries(referralErrorCodes).map(([word, status]) => {
    const name = `narthex.referral.${word}`
    const same = codes.filter(
      (code) => referralErrorOf(code) === name || (status === 400 && code === 'invalid_request'),
    )
    return `| \`${name}\` | ${status} | ${same.map((code) => `\`${code}\``).join(', ')} |`
  })
  return ['| code | status | which of the table above |', '|---|---|---|', ...rows].join('\n')
}

/** Refused before any operation was found, or a fault of ours; an operation may declare one of them as well. */
const beforeOperations = new Set([
  'route_not_found',
  'method_not_allowed',
  'header_fields_too_large',
  'internal_error',
  'server_error',
])

/** A few that never answer a code are told sooner than all that may. */
const exceptionsMax = 3

function whereOf(code, declaring, all) {
  if (beforeOperations.has(code)) return 'any request'
  if (declaring.length === 0) return 'the OAuth endpoints, in their own words'
  if (declaring.length === all.length) return 'every operation'
  const others = all.filter((operation) => !declaring.includes(operation))
  if (all.length > 10 && others.length <= exceptionsMax) return `every operation except ${ids(others)}`
  return ids(declaring)
}

function ids(operations) {
  return operations.map(({ id }) => `\`${id}\``).join(', ')
}

function cell(text) {
  return text.replaceAll('|', String.raw`\|`)
}
