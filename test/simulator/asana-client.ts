/** Asana's own npm client, pointed at a simulator. It has no types. */

import { createRequire } from 'node:module';
import type { Simulator } from '../../simulator/server.ts';
import type { JsonObject } from '../../src/json.ts';

interface ApiClient {
  basePath: string;
  RETURN_COLLECTION: boolean;
  authentications: { token: { accessToken: string } };
}

interface Asana {
  ApiClient: new () => ApiClient;
  AuditLogAPIApi: new (
    client: ApiClient,
  ) => {
    getAuditLogEvents(
      workspaceGid: string,
      options: Readonly<Record<string, string | number>>,
    ): Promise<AsanaPage>;
  };
}

export interface AsanaPage {
  readonly data: readonly JsonObject[];
  readonly next_page: { readonly offset: string } | null | undefined;
}

const asana = createRequire(import.meta.url)('asana') as Asana;

export type AsanaReader = (options?: Readonly<Record<string, string | number>>) => Promise<AsanaPage>;

/** Reads pages of a workspace; rejects with an error that has `status` and `response.body`. */
export function asanaReader(
  simulator: Simulator,
  workspaceGid: string,
  token = 'simulator-token',
): AsanaReader {
  const client = new asana.ApiClient();
  client.basePath = simulator.baseUrl;
  client.RETURN_COLLECTION = false;
  client.authentications.token.accessToken = token;
  const api = new asana.AuditLogAPIApi(client);
  return (options = {}) => api.getAuditLogEvents(workspaceGid, options);
}
