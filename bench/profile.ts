/** Where the time of a process went, from V8's CPU profile. */

export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Node ids, one a sample. */
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

/** Self time by name, largest first. */
export interface SelfTime {
  readonly name: string;
  readonly ms: number;
  /** Of the time that was not idle. */
  readonly share: number;
}

export interface ProfileSummary {
  readonly totalMs: number;
  readonly idleMs: number;
  readonly functions: readonly SelfTime[];
  /** By whose code ran. */
  readonly modules: readonly SelfTime[];
  /** The same, with what Node's own code did charged to whoever called it. */
  readonly owners: readonly SelfTime[];
}

export function summarizeProfile({ nodes, samples, timeDeltas }: CpuProfile): ProfileSummary {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const moduleOf = (id: number | undefined): string => {
    const node = id === undefined ? undefined : byId.get(id);
    if (node === undefined) return 'other';
    // Compiled with `new Function`, or V8's own: they work for whoever called them.
    return moduleByFrame(node.callFrame) ?? moduleOf(parents.get(node.id));
  };
  const ownerOf = (id: number | undefined): string | undefined => {
    if (id === undefined) return undefined;
    const own = moduleOf(id);
    return own === 'node' || own === 'other' ? ownerOf(parents.get(id)) : own;
  };
  const functions = new Map<string, number>();
  const modules = new Map<string, number>();
  const owners = new Map<string, number>();
  let idleMs = 0;
  let totalMs = 0;
  for (const [at, id] of samples.entries()) {
    const ms = Math.max(0, timeDeltas[at] ?? 0) / 1_000;
    const frame = byId.get(id)?.callFrame;
    totalMs += ms;
    if (frame === undefined) continue;
    if (frame.functionName === '(idle)') {
      idleMs += ms;
      continue;
    }
    add(functions, nameOf(frame), ms);
    add(modules, moduleOf(id), ms);
    add(owners, ownerOf(id) ?? 'node', ms);
  }
  const busyMs = totalMs - idleMs;
  const rank = (sums: ReadonlyMap<string, number>) => ranked(sums, busyMs);
  return { totalMs, idleMs, functions: rank(functions), modules: rank(modules), owners: rank(owners) };
}

type Frame = ProfileNode['callFrame'];

const nameOf = ({ functionName, url, lineNumber }: Frame): string => {
  const place = url === '' ? '' : ` ${shortUrl(url)}:${lineNumber + 1}`;
  return `${functionName || '(anonymous)'}${place}`;
};

const shortUrl = (url: string): string => url.replace(/^.*\/node_modules\/|^file:.*\/(?=src\/)/, '');

function moduleByFrame({ functionName, url }: Frame): string | undefined {
  if (functionName === '(garbage collector)') return 'garbage collector';
  if (functionName === '(program)') return 'native code and system calls';
  if (functionName === '(root)') return 'other';
  if (/^parse(Json)?$/.test(functionName) && (url === '' || url.endsWith('/src/json.ts')))
    return 'JSON.parse';
  const [, name] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  if (name !== undefined) return name;
  if (url.startsWith('node:')) return 'node';
  const [, room] = /\/src\/(?:([^/]+)\/)?[^/]+$/.exec(url) ?? [];
  return url === '' ? undefined : `ours: src/${room ?? ''}`;
}

const add = (sums: Map<string, number>, name: string, ms: number) =>
  sums.set(name, (sums.get(name) ?? 0) + ms);

const ranked = (sums: ReadonlyMap<string, number>, busyMs: number): SelfTime[] =>
  [...sums].map(([name, ms]) => ({ name, ms, share: ms / busyMs })).sort((a, b) => b.ms - a.ms);

const MODULES = 14;

/** For a terminal. */
export function renderProfile(
  { totalMs, idleMs, functions, modules, owners }: ProfileSummary,
  top: number,
): string {
  const line = ({ name, ms, share }: SelfTime) =>
    `${ms.toFixed(0).padStart(8)} ms ${(100 * share).toFixed(1).padStart(5)} %  ${name}`;
  return [
    `${totalMs.toFixed(0)} ms, of which idle ${idleMs.toFixed(0)} ms; shares are of the rest`,
    '',
    'by module, self time',
    ...modules.slice(0, MODULES).map(line),
    '',
    'by module, with the work of Node itself charged to who called for it',
    ...owners.slice(0, MODULES).map(line),
    '',
    `self time, the first ${top} functions`,
    ...functions.slice(0, top).map(line),
  ].join('\n');
}
