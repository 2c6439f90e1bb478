/** docs/logs.md, from the closed list of log lines. */

import { LOG_LINES } from '../../src/log-lines.ts';

const HEAD = `# Log

One line an incident, to stderr, and none for what works. JSON lines; where stderr is a terminal, the same as text, in colour unless
\`NO_COLOR\` is set. \`LOG_LEVEL\` is what is written at least. This page is generated from \`src/log-lines.ts\` by \`make docs\`.

Every line has \`time\`, \`level\`, \`id\` and \`message\`. An \`id\` never changes its meaning: search and alert on it, not on the message.
Lines of a stream have \`stream\`, the gid of its workspace; those of an error have \`code\` ([errors.md](errors.md)), \`error\` and
\`next_step\`. No line has a token, or the content of an event. What \`run\` writes to a stderr that is no terminal is nothing but
these lines, and the last one is \`stopped\`; only a command line that cannot be understood is answered as text.

| id | level | message | when, and what else it says |
|---|---|---|---|
`;

export function logsDocument(): string {
  const rows = Object.entries(LOG_LINES).map(
    ([id, { level, message, meaning }]) => `| \`${id}\` | ${level} | ${message} | ${meaning} |\n`,
  );
  return HEAD + rows.join('');
}
