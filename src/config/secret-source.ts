import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { Secret } from './secret.ts';

export interface SecretFile {
  readonly file: string;
  /** Whether it is taken although everybody on this machine can read it. */
  readonly mayBeOpen?: true;
}

/** Where a secret comes from: a file is read each time, so that a changed one is taken up. */
export type SecretSource = SecretFile | { readonly value: Secret };

const READABLE_BY_ALL = 0o004;

export const isReadableByAll = (mode: number): boolean => (mode & READABLE_BY_ALL) !== 0;

/** What is wrong with a secret file of these permissions, and what to do about it; undefined where nothing is. */
export function whyTooOpen({ file, mayBeOpen }: SecretFile, mode: number): string | undefined {
  if (mayBeOpen || !isReadableByAll(mode)) return undefined;
  const permissions = (mode & 0o777).toString(8).padStart(4, '0');
  return `everybody on this machine can read ${file} (mode ${permissions}): chmod 640 ${file}; in Kubernetes give the secret volume defaultMode: 0440 and the pod an fsGroup; where a mode cannot be set, ALLOW_WORLD_READABLE_SECRETS=true`;
}

/** The text of the file as it is now. Throws where it cannot be read, and where everybody else can. */
export async function readSecretFile(source: SecretFile): Promise<string> {
  const handle = await open(source.file).catch((error) => {
    throw withoutSecret(error, source.file);
  });
  try {
    // Of the file that is open, not of the one that may have its name by now.
    const tooOpen = whyTooOpen(source, (await handle.stat()).mode);
    if (tooOpen !== undefined) throw new Error(tooOpen);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** The same for whom cannot wait. */
export function readSecretFileSync(source: SecretFile): string {
  const descriptor = openDescriptor(source.file);
  try {
    const tooOpen = whyTooOpen(source, fstatSync(descriptor).mode);
    if (tooOpen !== undefined) throw new Error(tooOpen);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

function openDescriptor(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (error) {
    throw withoutSecret(error, file);
  }
}

/** Who gives the secret itself instead of its file must not find it in the log: it is quoted where it has the shape of a path only. */
function withoutSecret(error: unknown, file: string): unknown {
  if (/^\.{0,2}\//.test(file)) return error;
  const code = error instanceof Error && 'code' in error ? error.code : 'not opened';
  return new Error(
    `${code}: expected the path of a file; the value is not shown, as it does not begin with / or ./ and may be the secret itself`,
  );
}

/** A password or token: one line, without its line break. Throws as {@link readSecretFile} does, and where it is none. */
export async function readSecret(source: SecretSource): Promise<Secret> {
  if ('value' in source) return source.value;
  const text = (await readSecretFile(source)).replace(/\r?\n$/, '');
  if (text === '' || /[\r\n]/.test(text)) throw new Error(`${source.file} does not hold one line`);
  return new Secret(text);
}
