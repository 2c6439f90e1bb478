/** The shape of a record of `schemas/asana-audit-log-event.avsc`, which documents every field. */

/** JSON texts by property name. */
export type AdditionalProperties = Readonly<Record<string, string>>;

export type EventRecord = {
  gid: string;
  workspace_gid: string;
  /** Milliseconds since 1970. */
  created_at: number;
  event_type: string | null;
  event_category: string | null;
  actor: ActorRecord | null;
  resource: ResourceRecord | null;
  details: DetailsRecord | null;
  context: ContextRecord | null;
  additional_properties: AdditionalProperties;
  original_json: string | null;
};

export type ActorRecord = {
  actor_type: string | null;
  gid: string | null;
  name: string | null;
  email: string | null;
  additional_properties: AdditionalProperties;
};

export type ResourceRecord = {
  resource_type: string | null;
  resource_subtype: string | null;
  gid: string | null;
  name: string | null;
  email: string | null;
  additional_properties: AdditionalProperties;
};

export type DetailsRecord = {
  old_value: string | null;
  new_value: string | null;
  group: GroupRecord | null;
  saml_response: string | null;
  additional_properties: AdditionalProperties;
};

export type GroupRecord = {
  gid: string | null;
  name: string | null;
  resource_type: string | null;
  additional_properties: AdditionalProperties;
};

export type ContextRecord = {
  context_type: string | null;
  api_authentication_method: string | null;
  client_ip_address: string | null;
  user_agent: string | null;
  oauth_app_name: string | null;
  rule_name: string | null;
  on_behalf_of_user_id: number | null;
  additional_properties: AdditionalProperties;
};

/** What a record of every version of the schema has; its other fields are found by looking. */
export type AnyVersionRecord = Pick<
  EventRecord,
  'gid' | 'workspace_gid' | 'created_at' | 'additional_properties' | 'original_json'
>;
