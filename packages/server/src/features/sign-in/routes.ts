// The sign-in page's operations bound to their rules.
import type { ConsoleContext } from '../../context.ts'
import type { ConsoleAnswer, ConsoleHandlers } from '../../http/bind-console.ts'
import { sessionCookie, singleSignOnCookie } from '../../http/session-cookie.ts'
import { ApiError } from '../../lib/api-error.ts'
import { IdentityProviderError, roundTripMs } from './identity-provider.ts'
import { acceptInvitation } from './invitations.ts'
import { setPassword } from './own-password.ts'
import { confirmOwnSecondFactor, removeOwnSecondFactor, startOwnSecondFactor } from './own-second-factor.ts'
import { describeSession } from './describe.ts'
import { createConsoleParts, type ConsoleParts, type ConsolePartsOptions } from './parts.ts'
import { signIn, signInWithToken, signOut, type BegunSession } from './service.ts'
import { signInByIdentity } from './single-sign-on.ts'

/** What the page says when it is opened again; it knows the words. */
type Problem = 'refused' | 'unavailable'

export function consoleRoutes(options: ConsolePartsOptions): ConsoleHandlers {
  const parts = createConsoleParts(options)
  const singleSignOn = parts.provider !== null
  const shown = async (ctx: ConsoleContext) => ({ body: await describeSession(ctx, ctx.from.session, singleSignOn) })
  const begun = async (ctx: ConsoleContext, session: BegunSession) => ({
    body: await describeSession(ctx, session, singleSignOn),
    cookies: [cookieOf(ctx, session)],
  })
  return {
    'console.session': shown,
    'console.signIn': async (ctx, { body }) => begun(ctx, await signIn(ctx, parts, body)),
    'console.signInWithToken': async (ctx, { body }) => begun(ctx, await signInWithToken(ctx, parts, body.memberToken)),
    async 'console.acceptInvitation'(ctx, { body }) {
      const session = await acceptInvitation(ctx, parts, body)
      return session ? begun(ctx, session) : shown(ctx)
    },
    async 'console.signOut'(ctx) {
      await signOut(ctx)
      const cookies = [sessionCookie(ctx.instance.publicUrl, '', 0)]
      return { body: await describeSession(ctx, null, singleSignOn), cookies }
    },
    async 'console.setPassword'(ctx, { body }) {
      await setPassword(ctx, parts, body)
      return shown(ctx)
    },
    'console.startSecondFactor': async (ctx) => ({ body: await startOwnSecondFactor(ctx) }),
    async 'console.confirmSecondFactor'(ctx, { body }) {
      await confirmOwnSecondFactor(ctx, parts, body.code)
      return shown(ctx)
    },
    async 'console.removeSecondFactor'(ctx, { body }) {
      await removeOwnSecondFactor(ctx, parts, body)
      return shown(ctx)
    },
    'console.singleSignOn': (ctx) => goToProvider(ctx, parts),
    'console.singleSignOnCallback': (ctx, { url, kept }) => comeBack(ctx, parts, { url, kept }),
  }
}

async function goToProvider(ctx: ConsoleContext, { provider, tries }: ConsoleParts): Promise<ConsoleAnswer<null>> {
  if (!provider) throw new ApiError('route_not_found')
  tries.perAddress.take(ctx.from.address)
  const { publicUrl } = ctx.instance
  try {
    const { location, kept } = await provider.begin(publicUrl)
    return { body: null, redirect: location, cookies: [singleSignOnCookie(publicUrl, kept, roundTripMs / 1000)] }
  } catch (error) {
    return failed(ctx, error, 'unavailable')
  }
}

async function comeBack(
  ctx: ConsoleContext,
  { provider, tries }: ConsoleParts,
  { url, kept }: { readonly url: string; readonly kept: string | null },
): Promise<ConsoleAnswer<null>> {
  if (!provider) throw new ApiError('route_not_found')
  tries.perAddress.take(ctx.from.address)
  const { publicUrl } = ctx.instance
  try {
    const session = await signInByIdentity(ctx, await provider.finish(publicUrl, url, kept))
    tries.perAddress.forgiveOne(ctx.from.address)
    const cookies = [cookieOf(ctx, session), singleSignOnCookie(publicUrl, '', 0)]
    return { body: null, redirect: `${publicUrl}/console`, cookies }
  } catch (error) {
    return failed(ctx, error, 'refused')
  }
}

/** A person came here by a link, so the page tells what went wrong, not an error body. */
function failed(ctx: ConsoleContext, error: unknown, problem: Problem): ConsoleAnswer<null> {
  const isExpected = error instanceof IdentityProviderError || (error instanceof ApiError && isRefusal(error))
  if (!isExpected) throw error
  const reason = error instanceof IdentityProviderError ? error.reason : error.code
  ctx.log.warn({ reason, requestId: ctx.requestId }, 'nobody was signed in by single sign-on')
  const { publicUrl } = ctx.instance
  const cookies = [singleSignOnCookie(publicUrl, '', 0)]
  return { body: null, redirect: `${publicUrl}/console?single-sign-on=${problem}`, cookies }
}

function isRefusal({ code }: ApiError): boolean {
  return code === 'sign_in_failed'
}

function cookieOf({ clock, instance }: ConsoleContext, { secret, expiresAt }: BegunSession): string {
  return sessionCookie(instance.publicUrl, secret, Math.ceil((expiresAt - clock.now()) / 1000))
}
