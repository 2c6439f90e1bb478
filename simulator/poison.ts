/** Events that no consumer can map or no topic takes: they have to be put aside without stopping the stream. */

const LARGE_BYTES = 2_000_000;

/** Places of the members in canonical order. */
const CREATED_AT = 2;
const DETAILS = 3;
const GID = 6;

/** Spoils one event's members; which way is decided by the hash. */
export function poisonMembers(members: string[], hash: number): void {
  switch (hash % 6) {
    case 0:
      members.splice(GID, 1);
      break;
    case 1:
      members.splice(CREATED_AT, 1);
      break;
    case 2:
      members[CREATED_AT] = '"created_at":null';
      break;
    case 3:
      members[CREATED_AT] = '"created_at":"the day before yesterday"';
      break;
    case 4:
      members[CREATED_AT] = '"created_at":"2999-12-31T23:59:59.999Z"';
      break;
    default:
      members[DETAILS] = `"details":{"old_value":"${'x'.repeat(LARGE_BYTES)}"}`;
  }
}
