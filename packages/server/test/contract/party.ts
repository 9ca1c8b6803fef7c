// Who calls in the suites that walk the contract: an API key and members of one workspace.
import type { Client } from '../client.ts'
import type { TestServer } from '../test-server.ts'

export interface Party {
  readonly workspaceId: string
  /** An API key with every scope. */
  readonly client: Client
  readonly owner: Client
  readonly ownerId: string
  /** An admin, who refers persons for the owner to decide on. */
  readonly colleague: Client
}

/** Of the first workspace, or of another one. */
export async function partyOf(server: TestServer, other?: { workspaceId: string; client: Client }): Promise<Party> {
  const { workspaceId, client } = other ?? server
  const owner = other ? await server.memberWith('owner', { workspaceId }) : { id: server.ownerId, client: server.owner }
  const colleague = await server.memberWith('admin', { workspaceId })
  return { workspaceId, client, owner: owner.client, ownerId: owner.id, colleague: colleague.client }
}
