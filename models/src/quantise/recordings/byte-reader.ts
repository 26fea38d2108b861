// SPDX-License-Identifier: Apache-2.0
import type { Readable } from 'node:stream';

/** Takes lines and blocks of bytes from a stream by turns. */
export interface ByteReader {
  /** undefined at the end. */
  line(): Promise<string | undefined>;
  /** @throws Error when the stream ends before */
  bytes(count: number): Promise<ArrayBuffer>;
}

const NEWLINE = 10;

export function createByteReader(stream: Readable): ByteReader {
  const chunks: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);

  const more = async (): Promise<boolean> => {
    const next = await chunks.next();
    if (next.done) return false;
    rest = rest.length === 0 ? next.value : Buffer.concat([rest, next.value]);
    return true;
  };
  return {
    line: async () => {
      for (;;) {
        const end = rest.indexOf(NEWLINE);
        if (end >= 0) {
          const line = rest.toString('utf8', 0, end);
          rest = rest.subarray(end + 1);
          return line;
        }
        if (!(await more())) return undefined;
      }
    },
    bytes: async (count) => {
      const block = new Uint8Array(count);
      for (let at = 0; at < count; ) {
        if (rest.length === 0 && !(await more())) throw new Error(`the stream ends ${count - at} bytes too early`);
        const part = rest.subarray(0, count - at);
        block.set(part, at);
        at += part.length;
        rest = rest.subarray(part.length);
      }
      return block.buffer;
    },
  };
}
