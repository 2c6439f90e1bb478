import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';

/**
 * Connections of one operation, that tell how many bytes came. The client would hold whatever comes in memory, and asks nobody
 * how much that may be.
 */
export function countingAgent(isTls: boolean, onBytes: (count: number) => void): Agent {
  const agent = isTls ? new TlsAgent() : new Agent();
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = connect(options, callback);
    socket?.on('data', (chunk: Buffer) => onBytes(chunk.length));
    return socket;
  };
  return agent;
}
