/** How a variable's text is read; `parse.ts` has one reader a kind. */
export type OptionKind =
  | 'text'
  | 'path'
  | 'secret'
  | 'password'
  | 'sasl-mechanism'
  | 'gid'
  | 'gids'
  | 'fields'
  | 'brokers'
  | 'url'
  | 'boolean'
  | 'count'
  | 'port'
  | 'replication-factor'
  | 'duration'
  | 'retention'
  | 'time'
  | 'topic'
  | 'actor-type'
  | 'compression'
  | 'mode'
  | 'log-level';

export interface Option {
  kind: OptionKind;
  /** The text that stands for an unset variable; without it the option is unset, or required. */
  default?: string;
  required?: true;
  section: 'Asana' | 'What is read' | 'Privacy' | 'Kafka' | 'Kafka security' | 'Schema registry' | 'Process';
  help: string;
}
