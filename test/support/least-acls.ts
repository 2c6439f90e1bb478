import { readFileSync } from 'node:fs';

export interface Acl {
  readonly operation: string;
  readonly resource: 'topic' | 'transactional id';
  readonly name: string;
}

const ROW = /^\| (topic|transactional id) \| `([^`]+)` \| ([^|]+) \|/gm;
const page = readFileSync(new URL('../../docs/kafka-security.md', import.meta.url), 'utf8');

/** What docs/kafka-security.md says that a connector of this name needs, whose topics begin with it too. */
export function leastAcls(connectorName: string, workspaceGid: string): Acl[] {
  return [...page.matchAll(ROW)].flatMap(([, resource, nameInPage = '', operations = '']) => {
    const name = nameInPage
      .replace('EVENTS_TOPIC', `${connectorName}.events`)
      .replace('STATE_TOPIC', `${connectorName}.state`)
      .replace('CONNECTOR_NAME', connectorName)
      .replace('<workspace gid>', workspaceGid);
    return operations
      .split(', ')
      .map((operation): Acl => ({ operation, resource: resource as Acl['resource'], name }));
  });
}

export const inWords = ({ operation, resource, name }: Acl): string =>
  `${operation} on the ${resource} ${name}`;
