// Calls on the workspace that the API key belongs to.
import type { Calls } from './calls.ts'
import type { CallOptions, ChangeOptions, GetOptions } from './results.ts'
import type { UpdateWorkspace, Workspace } from './types.ts'

const path = '/workspace'

export type WorkspaceSettings = ReturnType<typeof workspace>

export function workspace(calls: Calls) {
  return {
    /** Its settings. */
    get: <O extends GetOptions = CallOptions>(options?: O) => calls.get<Workspace, O>(path, options),

    /** Changes the given settings. Errors: `tier_not_found`, `audience_taken`, `precondition_failed`. */
    update: (body: UpdateWorkspace, options?: ChangeOptions) => calls.update<Workspace>(path, body, options),
  }
}
