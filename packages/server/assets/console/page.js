// The sign-in page: shows who is signed in and sends its forms. It keeps nothing; the cookie is out of its reach.
import { generate } from './qr.js'

const find = (id) => document.getElementById(id)
const digits = (text) => text.replaceAll(/\s/g, '')

/** What the page does not read from the service: an invitation that waits to be accepted. */
let invitation = null
let signedIn = null

const problems = {
  'single-sign-on=refused':
    'Single sign-on worked, or was given up, but nobody here has that identity. Ask whoever runs Narthex.',
  'single-sign-on=unavailable': 'The identity provider cannot be reached at the moment.',
}

async function call(method, path, body) {
  const sent = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(path, { method, ...sent })
  const answer = await response.json()
  if (!response.ok) throw Object.assign(new Error(sentenceOf(answer, response)), { code: answer.code })
  return answer
}

function sentenceOf({ code, message, issues }, response) {
  if (code === 'rate_limited') {
    const minutes = Math.ceil(Number(response.headers.get('retry-after')) / 60)
    return `Too many tries. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`
  }
  const [issue] = issues ?? []
  return issue ? `${issue.path.replace(/^\w/, (letter) => letter.toUpperCase())} ${issue.message}.` : message
}

function show(id) {
  for (const section of document.querySelectorAll('section')) section.hidden = section.id !== id
  const heading = document.querySelector(`#${id} h1`)
  document.title = `${heading.textContent} · Narthex`
  heading.focus()
}

function say(problem, done = '') {
  find('problem').textContent = problem
  find('done').textContent = done
}

function render(session) {
  signedIn = session.signedIn
  find('single-sign-on').hidden = !session.singleSignOn
  find('code-field').hidden = true
  if (invitation) return renderInvitation()
  if (!signedIn) return show('sign-in')
  renderHome(signedIn)
  show('home')
}

function renderInvitation() {
  find('join-password').hidden = signedIn !== null
  find('first-password').required = signedIn === null
  find('join-as').textContent = signedIn
    ? `You will join as ${signedIn.email}.`
    : 'Choose the password that you will sign in with.'
  show('join')
}

function renderHome({ email, expiresAt, memberships, hasPassword, hasSecondFactor }) {
  find('who').textContent = email
  find('until').dateTime = expiresAt
  find('until').textContent = new Date(expiresAt).toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' })
  find('places').replaceChildren(
    ...memberships.map(({ workspaceName, role }) => {
      const item = document.createElement('li')
      item.append(
        ...[workspaceName, role].map((text) => Object.assign(document.createElement('span'), { textContent: text })),
      )
      return item
    }),
  )
  find('password-state').textContent = hasPassword ? 'You have a password.' : 'You have no password yet.'
  find('password-summary').textContent = hasPassword ? 'Change it' : 'Set a password'
  find('current-field').hidden = !hasPassword
  find('current').required = hasPassword
  find('factor-state').textContent = hasSecondFactor
    ? 'Signing in with your password also asks for a code of your authenticator app.'
    : 'Off. With it, a password alone lets nobody in.'
  find('factor-start').hidden = hasSecondFactor
  find('factor-confirm').hidden = true
  find('factor-remove').hidden = !hasSecondFactor
  for (const username of document.getElementsByName('username')) username.value = email
  for (const details of document.querySelectorAll('#home details')) details.open = false
}

/** As an image: black on white in every theme, which cameras need. */
function qrCode(text) {
  const code = generate(text)
  let path = ''
  for (let y = 0; y < code.size; y += 1)
    for (let x = 0; x < code.size; x += 1) if (code.get(x, y)) path += `M${x + 4} ${y + 4}h1v1h-1z`
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  const side = code.size + 8
  svg.setAttribute('viewBox', `0 0 ${side} ${side}`)
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', 'QR code of the secret')
  svg.setAttribute('shape-rendering', 'crispEdges')
  const dots = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  dots.setAttribute('d', path)
  svg.append(dots)
  return svg
}

const actions = {
  async signIn({ email, password, code }) {
    try {
      const given = { email: email.trim(), password, ...(code && { code: digits(code) }) }
      render(await call('POST', '/console/sign-in', given))
      await joinIfInvited()
    } catch (error) {
      if (error.code !== 'second_factor_required') throw error
      find('code-field').hidden = false
      find('code').focus()
      return 'keep'
    }
  },
  async signInWithToken({ memberToken }) {
    render(await call('POST', '/console/sign-in/token', { memberToken: memberToken.trim() }))
    await joinIfInvited()
  },
  openInvitation({ invitation: given }) {
    invitation = given.trim()
    renderInvitation()
  },
  cancelInvitation() {
    invitation = null
    render({ signedIn, singleSignOn: !find('single-sign-on').hidden })
  },
  async accept({ password }) {
    try {
      const given = { invitation, ...(!signedIn && { password }) }
      const session = await call('POST', '/console/invitations/accept', given)
      invitation = null
      render(session)
      say('', 'You have joined.')
    } catch (error) {
      if (error.code !== 'sign_in_required') throw error
      // Kept for after the sign-in.
      if (signedIn) throw error
      show('sign-in')
      say('There is a sign-in for the address of this invitation. Sign in with it, and you join.')
      return 'keep'
    }
  },
  async setPassword({ current, password }) {
    render(await call('PUT', '/console/password', { password, ...(signedIn.hasPassword && { current }) }))
    say('', 'The password is saved. Your other sign-ins have ended.')
  },
  async startSecondFactor() {
    const { secret, otpauthUrl } = await call('POST', '/console/totp')
    find('factor-start').hidden = true
    find('factor-confirm').hidden = false
    find('factor-secret').textContent = secret.replaceAll(/(.{4})(?=.)/g, '$1 ')
    find('qr').replaceChildren(qrCode(otpauthUrl))
    find('first-code').focus()
  },
  async confirmSecondFactor({ code }) {
    render(await call('POST', '/console/totp/confirm', { code: digits(code) }))
    find('qr').replaceChildren()
    find('factor-secret').textContent = ''
    say('', 'The second factor is on.')
  },
  async removeSecondFactor({ code, password }) {
    const shown = { ...(code && { code: digits(code) }), ...(password && { password }) }
    render(await call('DELETE', '/console/totp', shown))
    say('', 'The second factor is off.')
  },
  async signOut() {
    render(await call('POST', '/console/sign-out'))
    say('', 'You have signed out.')
  },
}

/** Somebody who had to sign in first. */
async function joinIfInvited() {
  if (!invitation) return
  await actions.accept({})
}

async function perform(name, form) {
  const button = form?.querySelector('button:not([type])')
  // A second press while the first one is under way.
  if (button?.getAttribute('aria-busy') === 'true') return
  button?.setAttribute('aria-busy', 'true')
  say('')
  try {
    const kept = await actions[name](form ? Object.fromEntries(new FormData(form)) : {})
    if (kept !== 'keep') form?.reset()
  } catch (error) {
    if (error.code === 'unauthorized') render(await call('GET', '/console/session'))
    say(error.code === undefined ? 'Narthex cannot be reached. Try again.' : error.message)
  } finally {
    button?.removeAttribute('aria-busy')
  }
}

for (const form of document.querySelectorAll('form')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    perform(form.dataset.do, form)
  })
}
for (const button of document.querySelectorAll('button[data-do]')) {
  button.addEventListener('click', () => perform(button.dataset.do, null))
}

// After `#` nothing is sent anywhere, and nothing stays in the history.
const given = new URLSearchParams(location.hash.slice(1)).get('invitation')
if (given) invitation = given
const problem = problems[location.search.slice(1)]
if (given || problem) history.replaceState(null, '', '/console')
try {
  render(await call('GET', '/console/session'))
  if (problem) say(problem)
} catch {
  say('Narthex cannot be reached. Load the page again.')
}
