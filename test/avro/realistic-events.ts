/** Events in the shapes that real payloads have, as the JSON texts that the API would send. */

const user = {
  actor_type: 'user',
  gid: '1201234567890123',
  name: 'Greg Sanchez',
  email: 'gregsanchez@example.com',
};
const web = {
  context_type: 'web',
  client_ip_address: '192.0.2.17',
  user_agent:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
};

export const TASK_DELETED = {
  gid: '1207654321098765',
  created_at: '2026-03-14T15:09:26.535Z',
  event_type: 'task_deleted',
  event_category: 'deletion',
  actor: user,
  resource: {
    resource_type: 'task',
    resource_subtype: 'milestone',
    gid: '1205555555555555',
    name: 'Quartalsbericht für 東京 🚀',
  },
  details: {},
  context: web,
};

export const LOGIN_WITH_SAML = {
  created_at: '2026-03-14T15:09:26.535Z',
  gid: '1207654321098766',
  event_category: 'logins',
  event_type: 'user_login_succeeded',
  context: web,
  details: { method: ['SAML'], saml_response: `PHNhbWxwOlJlc3BvbnNl${'QUJD'.repeat(300)}` },
  resource: {
    gid: '1201234567890123',
    name: 'Greg Sanchez',
    email: 'gregsanchez@example.com',
    resource_type: 'user',
  },
  actor: user,
};

export const DIVISION_ROLE_CHANGED = {
  gid: '1207654321098767',
  created_at: '2026-03-14T15:10:00.000Z',
  event_type: 'user_division_admin_role_changed',
  event_category: 'roles',
  actor: user,
  resource: { resource_type: 'user', gid: '1201234567890124', name: null, email: 'ines@example.com' },
  details: {
    old_value: '',
    new_value: 'division_admin',
    group: { gid: '1203333333333333', name: 'EMEA', resource_type: 'team' },
  },
  context: {
    ...web,
    context_type: 'desktop',
    rule_name: 'When Task is added to this project',
    on_behalf_of_user_id: 1201234567890125,
  },
};

export const PROVISIONED_BY_SCIM = {
  gid: '1207654321098768',
  created_at: '2026-03-14T15:10:01.250Z',
  event_type: 'user_deprovisioned',
  event_category: 'user_updates',
  actor: { actor_type: 'external_administrator' },
  resource: {
    resource_type: 'user',
    gid: '1201234567890126',
    name: 'Zoë Ñúñez',
    email: 'zoe@example.com',
  },
  details: {},
  context: { context_type: 'api' },
};

export const APP_TOKEN_USED = {
  gid: '1207654321098769',
  created_at: '2026-03-14T15:10:02.001Z',
  event_type: 'workspace_require_app_approvals_of_type_changed',
  event_category: 'admin_settings',
  actor: { actor_type: 'user', name: 'Service Account' },
  resource: { resource_type: 'workspace', gid: '1200000000000001', name: 'example.com' },
  details: { old_value: null, new_value: 'all', requires_approval: true },
  context: {
    context_type: 'api',
    api_authentication_method: 'oauth',
    oauth_app_name: 'Reporting',
    client_ip_address: '2001:db8::1',
    user_agent: 'reporting/2.1',
  },
};

export const REALISTIC_EVENTS = [
  TASK_DELETED,
  LOGIN_WITH_SAML,
  DIVISION_ROLE_CHANGED,
  PROVISIONED_BY_SCIM,
  APP_TOKEN_USED,
] as const;
