/** So long Asana keeps an event, in milliseconds. Source: the vendor's text of GET /workspaces/{gid}/audit_log_events. */
export const ASANA_RETENTION_MS = 90 * 86_400_000;
