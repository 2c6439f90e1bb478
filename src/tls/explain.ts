/** What is wrong with TLS, and what to do about it, by Node's error code or text. */
const EXPLANATIONS: readonly (readonly [RegExp, (ca: string) => string])[] = [
  [
    /SELF_SIGNED_CERT|DEPTH_ZERO|UNABLE_TO_VERIFY_LEAF|UNABLE_TO_GET_ISSUER|self-signed certificate|unable to (verify|get)/,
    (ca) =>
      `its certificate does not come from a CA that is trusted here: put the CA's certificate into ${ca}`,
  ],
  [/CERT_HAS_EXPIRED|certificate has expired/, () => 'its certificate has expired: have it renewed'],
  [
    /CERT_NOT_YET_VALID|not yet valid/,
    () => 'its certificate is not valid yet: is the clock of this machine right?',
  ],
  [
    /ERR_TLS_CERT_ALTNAME_INVALID|does not match certificate's altnames/,
    () =>
      'its certificate is for another host name: use a name that it has, or have this one added to its subject alternative names',
  ],
  [
    /ALERT_CERTIFICATE_REQUIRED|ALERT_(BAD|UNKNOWN|EXPIRED|REVOKED|UNSUPPORTED)_C|ALERT_CERTIFICATE|alert (certificate|bad certificate|unknown ca)/i,
    () =>
      'it refuses the client certificate, or lack of one: check that it is valid and from a CA that the other side trusts',
  ],
  [
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|wrong version number|before secure TLS connection was established/,
    () => 'it does not speak TLS at this port: check host and port, or turn TLS off',
  ],
  [/^ERR_SSL_|^EPROTO|HANDSHAKE_FAILURE/, () => 'the TLS handshake failed'],
];

/** Undefined where an error is none of TLS. @param text code and message of the error @param ca variable that names the CA file */
export function explainTls(text: string, ca: string): string | undefined {
  return EXPLANATIONS.find(([pattern]) => pattern.test(text))?.[1](ca);
}
