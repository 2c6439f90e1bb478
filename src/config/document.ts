import type { Option } from './option.ts';
import { OPTIONS } from './options.ts';
import { READERS } from './parse.ts';

const HEAD = `# Configuration

By environment variables alone; all problems are reported at once, by name. Durations are written \`500ms\`, \`10s\`, \`5m\`, \`2h\`, \`90d\`.
No HTTP proxy is used (\`HTTPS_PROXY\` and the like): Asana, Kafka and the registry have to be reachable directly.
What V8 compiled is kept in \`.cache/compiled\` of a checkout, or in \`NODE_COMPILE_CACHE\`; \`NODE_DISABLE_COMPILE_CACHE=1\` keeps nothing.
This page is generated from \`src/config/options.ts\` by \`make docs\`.
`;

/** docs/configuration.md, from the option table. */
export function configurationDocument(): string {
  const options: [string, Option][] = Object.entries(OPTIONS);
  const sections = [...new Set(options.map(([, option]) => option.section))];
  const tables = sections.map((section) => {
    const rows = options
      .filter(([, option]) => option.section === section)
      .map(([name, option]) => row(name, option));
    return `\n## ${section}\n\n| variable | default | meaning | expected |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return HEAD + tables.join('');
}

function row(name: string, option: Option): string {
  const standing =
    option.default !== undefined ? `\`${option.default}\`` : option.required ? '**required**' : 'none';
  return `| \`${name}\` | ${standing} | ${option.help} | ${READERS[option.kind].expected} |`;
}
