// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { compareBytes } from '../core/byte-order.ts';
import type { BucketContents, SimulatedObject } from './simulated-bucket.ts';

/** Above what is kept in memory: such a recording waits in a temporary file. */
const LARGE_BYTES = 9 << 20;
const PAD = Buffer.alloc(64 << 10);

interface Recording extends SimulatedObject {
  readonly head: Buffer;
}

function recordingOf(key: string, text: string, size = Buffer.byteLength(text)): Recording {
  const etag = createHash('md5').update(`${text} ${size}`).digest('hex');
  return { key, size, etag, head: Buffer.from(text) };
}

function* bodyOf({ head, size }: Recording): Generator<Buffer> {
  yield head;
  for (let left = size - head.length; left > 0; left -= PAD.length) yield PAD.subarray(0, Math.min(left, PAD.length));
}

function contentsOf(recordings: readonly Recording[]): BucketContents {
  const sorted = [...recordings].sort((a, b) => compareBytes(a.key, b.key));
  const byKey = new Map(sorted.map((recording) => [recording.key, recording]));
  return {
    count: sorted.length,
    at: (i) => sorted[i] as Recording,
    find: (key) => byKey.get(key),
    bodyOf: (object) => bodyOf(byKey.get(object.key) as Recording),
  };
}

const keyOf = (i: number): string => `${['folk', 'field', 'wald'][i % 3]}/${String(i).padStart(6, '0')} \u{1F3B5}.wav`;

/** What lies under a key in one of the two states, or undefined where nothing does. */
function recordingIn(state: 'a' | 'b', i: number): Recording | undefined {
  const key = keyOf(i);
  const isOther = state === 'b';
  switch (i % 40) {
    case 3:
    case 11:
    case 19:
    case 27:
      return recordingOf(key, isOther ? `second take of ${i}` : `first take of ${i}`);
    case 5:
      return isOther ? undefined : recordingOf(key, `only at first ${i}`);
    case 7:
    case 31:
      return isOther ? recordingOf(key, `only later ${i}`) : undefined;
    case 9:
      return recordingOf(key, isOther ? `mended ${i}` : `BROKEN ${i}`);
    case 13:
      return recordingOf(key, isOther ? `BROKEN later ${i}` : `sound so far ${i}`);
    case 15:
      return recordingOf(key, `BROKEN for ever ${i}`);
    case 17:
      return recordingOf(key, `SILENT ${i}`);
    default:
      return recordingOf(key, `sound ${i}`);
  }
}

/** Two states of one collection of about `count` recordings; from one to the other everything that a run does happens. */
export function makeCrashStates(count: number): Readonly<Record<'a' | 'b', BucketContents>> {
  const stateOf = (state: 'a' | 'b'): BucketContents => {
    const numbered = Array.from({ length: count }, (_, i) => recordingIn(state, i));
    const large = ['x', 'y', 'z'].map((name) => recordingOf(`large/${name}.wav`, `${state} ${name}`, LARGE_BYTES));
    return contentsOf([...numbered.filter((recording) => recording !== undefined), ...large]);
  };
  return { a: stateOf('a'), b: stateOf('b') };
}
