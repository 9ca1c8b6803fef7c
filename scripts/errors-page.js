// docs/errors.md: every error code with its status, its sentence and the operations that may answer it.

/** Takes the contract's table of codes and its operations; answers Markdown. */
export function errorsPage({ errorCodes, errorsOf, operations }) {
  const all = Object.values(operations)
  const rows = Object.entries(errorCodes).map(([code, [status, sentence]]) => {
    const declaring = all.filter((operation) => errorsOf(operation).includes(code)).map(({ id }) => `\`${id}\``)
    return `| \`${code}\` | ${status} | ${cell(sentence)} | ${whereOf(declaring, all.length)} |`
  })
  return `# Error codes

Generated from the contract by \`npm run generate\`; do not edit.

An error answers \`{"code", "message", "name", "requestId", "issues"?}\`. Programs decide by \`code\`: once published, a code keeps
its status and its meaning. \`message\` is for people and may say more than the sentence below. With 429 and 503 the header
\`Retry-After\` says after how many seconds to try again.

| code | status | sentence | operations |
|---|---|---|---|
${rows.join('\n')}
`
}

function whereOf(declaring, count) {
  if (declaring.length === count) return 'every operation'
  // Refused before any operation was found, or a fault of ours.
  return declaring.length === 0 ? 'any request' : declaring.join(', ')
}

function cell(text) {
  return text.replaceAll('|', String.raw`\|`)
}
