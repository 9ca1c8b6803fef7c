// The caller's workspace: the contract's operations bound to their rules.
import type { Handlers } from '../../http/answer.ts'
import { changeWorkspace, ownWorkspace } from './service.ts'

export const workspaceRoutes = {
  async 'workspace.get'(ctx) {
    const { row, body } = await ownWorkspace(ctx)
    return { body, version: row.version }
  },

  async 'workspace.update'(ctx, { body: change, ifMatch }) {
    const { row, body } = await changeWorkspace(ctx, change, ifMatch)
    return { body, version: row.version }
  },
} satisfies Partial<Handlers>
