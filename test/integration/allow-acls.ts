import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { eventually } from '../support/connector.ts';
import type { Acl } from '../support/least-acls.ts';
import { administer } from './scene.ts';

const OPERATIONS: Readonly<Record<string, AclOperationTypes>> = {
  Create: AclOperationTypes.CREATE,
  DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
};
const RESOURCES = {
  topic: AclResourceTypes.TOPIC,
  'transactional id': AclResourceTypes.TRANSACTIONAL_ID,
  group: AclResourceTypes.GROUP,
};

/** Resolves once the broker goes by them, which is a moment after they were created. */
export const allowAcls = (acls: readonly Acl[], user: string, brokers: string): Promise<void> =>
  administer(async (admin) => {
    const acl = acls.map(({ operation, resource, name }) => ({
      resourceType: RESOURCES[resource],
      resourceName: name,
      operation: OPERATIONS[operation] ?? AclOperationTypes.UNKNOWN,
      resourcePatternType: ResourcePatternTypes.LITERAL,
      permissionType: AclPermissionTypes.ALLOW,
      principal: `User:${user}`,
      host: '*',
    }));
    await admin.createAcls({ acl });
    // All of a request come into force at once.
    const [one] = acl;
    if (one === undefined) return;
    await eventually(
      'the ACLs are in force',
      async () => (await admin.describeAcls(one)).resources.length > 0,
    );
  }, brokers);
