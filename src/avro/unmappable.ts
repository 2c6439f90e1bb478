/** Why an event cannot become a record: the closed list of codes that dead letters carry. */
export const UNMAPPABLE_CODES = [
  'not-an-object',
  'gid-missing',
  'gid-not-a-string',
  'gid-empty',
  'gid-malformed',
  'created-at-missing',
  'created-at-not-a-string',
  'created-at-not-a-date-time',
  'created-at-before-1970',
  'nested-too-deeply',
] as const;

export type UnmappableCode = (typeof UNMAPPABLE_CODES)[number];

/** `message` says what was expected and found; it quotes nothing of the event but the first characters of a bad time. */
export type Unmappable = { readonly code: UnmappableCode; readonly message: string };
