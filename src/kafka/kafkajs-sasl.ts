import type { AuthenticationProviderArgs as Connection, Mechanism } from 'kafkajs';
import plain from 'kafkajs/src/broker/saslAuthenticator/plain.js';
import scram256 from 'kafkajs/src/broker/saslAuthenticator/scram256.js';
import scram512 from 'kafkajs/src/broker/saslAuthenticator/scram512.js';
import { readSecret } from '../config/secret-source.ts';
import type { SaslLogin } from '../config/security.ts';
import { ConnectorError, messageOf } from '../errors.ts';
import { isType } from './kafkajs-errors.ts';

const PROVIDERS = { PLAIN: plain, 'SCRAM-SHA-256': scram256, 'SCRAM-SHA-512': scram512 };

/**
 * kafkajs's own logins, but for the password, which is read anew for each connection: kafkajs keeps the first one.
 *
 * A refusal is KAFKA_LOGIN_REFUSED. After a login that was accepted it is KAFKA_LOGIN_CHANGED instead, where a file may bring another
 * password: while one is changed, broker and file do not agree for a moment.
 */
export function kafkajsSasl(login: SaslLogin): Mechanism {
  const { mechanism, username, password } = login;
  let wasAccepted = false;
  const logIn = async (connection: Connection) => {
    const where = `${mechanism} login of ${username} at ${connection.host}:${connection.port}`;
    const mayChange = wasAccepted && 'file' in password;
    const code = mayChange ? 'KAFKA_LOGIN_CHANGED' : 'KAFKA_LOGIN_REFUSED';
    const refuse = (text: string, cause: unknown) =>
      neverRepeated(new ConnectorError(code, `${where}: ${text}`, { cause }));
    const secret = await readSecret(password).catch((thrown) => {
      throw refuse(messageOf(thrown), thrown);
    });
    const answers = watchAnswers(connection);
    try {
      const provider = PROVIDERS[mechanism]({ username, password: secret.reveal() });
      await provider(answers.connection).authenticate();
      wasAccepted = true;
    } catch (thrown) {
      // kafkajs calls everything a failed authentication, a connection that broke in its middle too.
      const failure = answers.failure();
      if (failure !== undefined && !isType(failure, 'SASL_AUTHENTICATION_FAILED')) throw failure;
      throw refuse(secret.removeFrom(messageOf(failure ?? thrown)), thrown);
    }
  };
  return {
    mechanism,
    authenticationProvider: (connection) => ({ authenticate: () => logIn(connection) }),
  };
}

/** The connection, and what the last question there failed with. */
function watchAnswers(connection: Connection): { connection: Connection; failure: () => unknown } {
  let failure: unknown;
  const saslAuthenticate: Connection['saslAuthenticate'] = async (question) => {
    try {
      return await connection.saslAuthenticate(question);
    } catch (thrown) {
      failure = thrown;
      throw thrown;
    }
  };
  return { connection: { ...connection, saslAuthenticate }, failure: () => failure };
}

/** kafkajs repeats what does not say that it must not be. */
const neverRepeated = (error: ConnectorError): ConnectorError => Object.assign(error, { retriable: false });
