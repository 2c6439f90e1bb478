import { type ConnectionOptions, createSecureContext, type SecureContext } from 'node:tls';
import type { TlsFiles } from '../config/security.ts';
import { ConnectorError, messageOf } from '../errors.ts';
import { readTlsFiles } from './files.ts';

interface Known {
  /** Of all files. */
  readonly text: string;
  readonly context: SecureContext;
}

/**
 * For each new connection, options with what the files hold then, so that renewed certificates are taken up. While they are being
 * written, and cannot be used or do not belong together, what they held before is.
 *
 * Throws CONFIG_INVALID where they cannot be used in the first place. @param names of the variables, for the message
 */
export function followTlsFiles(files: TlsFiles, names: string): () => ConnectionOptions {
  let known: Known;
  try {
    known = read(files);
  } catch (error) {
    throw new ConnectorError('CONFIG_INVALID', `${names}: ${messageOf(error)}`, { cause: error });
  }
  return () => {
    try {
      known = read(files, known);
    } catch {
      // `check` shows it.
    }
    return { secureContext: known.context, rejectUnauthorized: true };
  };
}

function read(files: TlsFiles, before?: Known): Known {
  const { options } = readTlsFiles(files);
  const text = JSON.stringify(options);
  return text === before?.text ? before : { text, context: createSecureContext(options) };
}
