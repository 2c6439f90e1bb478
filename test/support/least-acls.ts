import { readFileSync } from 'node:fs';

export interface Acl {
  readonly operation: string;
  readonly resource: 'topic' | 'transactional id' | 'group';
  readonly name: string;
}

const ROW = /^\| (topic|transactional id|group) \| `([^`]+)` \| ([^|]+) \|/gm;
const page = readFileSync(new URL('../../docs/kafka-security.md', import.meta.url), 'utf8');

/** What docs/kafka-security.md says that a connector of this name needs, whose topics begin with it too, if it runs alone. */
export const leastAcls = (connectorName: string, workspaceGid: string): Acl[] =>
  allAcls(connectorName, workspaceGid).filter(({ resource }) => resource !== 'group');

/** And what it needs besides as a replica of several. */
export const groupAcls = (connectorName: string, workspaceGid: string): Acl[] =>
  allAcls(connectorName, workspaceGid).filter(({ resource }) => resource === 'group');

function allAcls(connectorName: string, workspaceGid: string): Acl[] {
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
