/** Frames as a Kafka client and a broker would send them, as far as the tap looks into them. */

export function frame(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/** @param last the last byte, which of an EndTxn says whether it commits */
export function request(apiKey: number, correlationId: number, topic: string, last = 1): Buffer {
  const header = Buffer.alloc(8);
  header.writeInt16BE(apiKey, 0);
  header.writeInt32BE(correlationId, 4);
  return frame(
    Buffer.concat([header, text('client'), text('id'), text(topic), Buffer.from([0, 0, 0, last])]),
  );
}

/** Without an error. */
export function response(correlationId: number): Buffer {
  const content = Buffer.alloc(10);
  content.writeInt32BE(correlationId, 0);
  return frame(content);
}

function text(value: string): Buffer {
  const bytes = Buffer.alloc(2 + value.length);
  bytes.writeInt16BE(value.length);
  bytes.write(value, 2);
  return bytes;
}
