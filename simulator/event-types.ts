/** The event types, and how likely each one is. */

import eventTypeRows from './event-types.json' with { type: 'json' };

export interface EventType {
  readonly name: string;
  readonly resourceType: string;
  /** The keys that `details` is known to have. */
  readonly detailKeys: readonly string[];
  /** `"event_category":…` and `"event_type":…`, ready to be put into an event. */
  readonly categoryMember: string;
  readonly typeMember: string;
}

/** Types that no list has yet: the real API gains some every few months. */
const undocumentedRows: typeof eventTypeRows = [
  { event_type: 'ai_teammate_created', event_category: 'ai', resource_type: 'ai_teammate', details: [] },
  {
    event_type: 'workspace_passkey_required',
    event_category: 'admin_settings',
    resource_type: 'workspace',
    details: [],
  },
];

export const eventTypes: readonly EventType[] = [...eventTypeRows, ...undocumentedRows].map((row) => ({
  name: row.event_type,
  resourceType: row.resource_type,
  detailKeys: row.details,
  categoryMember: `"event_category":${JSON.stringify(row.event_category)}`,
  typeMember: `"event_type":${JSON.stringify(row.event_type)}`,
}));

/** Parts in a thousand of the everyday types; the other types share the rest evenly. */
type Weights = Readonly<Record<string, number>>;

const officeWeights: Weights = {
  user_login_succeeded: 260,
  user_logged_out: 90,
  user_login_failed: 30,
  task_deleted: 110,
  attachment_uploaded: 100,
  attachment_downloaded: 80,
  comment_deleted: 30,
  project_member_added: 50,
  project_member_removed: 20,
  team_member_added: 25,
  project_privacy_settings_changed: 15,
  user_app_authorized: 15,
  user_invited: 15,
};
const quietWeights: Weights = {
  user_login_succeeded: 60,
  user_login_failed: 80,
  attachment_downloaded: 200,
  task_deleted: 150,
  user_app_authorized: 30,
  workspace_export_started: 20,
};
const bulkWeights: Weights = {
  task_deleted: 350,
  task_undeleted: 80,
  project_member_added: 150,
  team_member_added: 120,
  user_invited: 80,
  user_deprovisioned: 60,
  attachment_deleted: 100,
  user_workspace_admin_role_changed: 30,
};

const SLOTS = 8_192;

/** A table in which each type has as many places as it is likely: a hash points at one of them. */
function buildSlots(weights: Weights): readonly EventType[] {
  const everyday = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const others = eventTypes.filter(({ name }) => weights[name] === undefined);
  const slots = eventTypes.flatMap((type) => {
    const weight = weights[type.name];
    const share = weight === undefined ? (1_000 - everyday) / 1_000 / others.length : weight / 1_000;
    return Array.from({ length: Math.max(1, Math.round(share * SLOTS)) }, () => type);
  });
  return slots;
}

export const officeTypes = buildSlots(officeWeights);
export const quietTypes = buildSlots(quietWeights);
export const bulkTypes = buildSlots(bulkWeights);
