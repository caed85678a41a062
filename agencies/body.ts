import { MAX_BODY_BYTES } from './contract.ts';

/**
 * The bytes of a body; undefined: there are more than the protocol allows, and the rest is not
 * read.
 */
export async function readBody(stream: AsyncIterable<Buffer>): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined; // leaving the loop destroys the stream
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
