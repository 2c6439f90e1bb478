import { ConnectorError, messageOf } from '../errors.ts';

interface Address {
  readonly host: string;
  readonly port: number;
}

/** CONFIG_INVALID for an address of the HTTP server that cannot be had: which variable it is, and what to set. */
export function cannotListen({ host, port }: Address, error: unknown): ConnectorError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = WHY[code]?.(host, port) ?? `HTTP_HOST and HTTP_PORT: cannot listen on ${host}:${port}`;
  return new ConnectorError('CONFIG_INVALID', `${why} (${messageOf(error)})`, { cause: error });
}

const WHY: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (host, port) =>
    `HTTP_PORT: another process listens on ${host}:${port}; set HTTP_PORT to a free port, or to 0 for any, or stop that process`,
  EADDRNOTAVAIL: (host) =>
    `HTTP_HOST: this machine has no address ${host}; set HTTP_HOST to one that it has, such as 127.0.0.1, or to 0.0.0.0 for all`,
  EACCES: (host, port) =>
    `HTTP_PORT: this user may not listen on ${host}:${port}; set HTTP_PORT to a port from 1024 on`,
};
