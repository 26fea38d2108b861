// SPDX-License-Identifier: Apache-2.0
import type { Client } from '@elastic/elasticsearch';
import { createSendBulk } from '../../src/adapters/elasticsearch-bulk.ts';
import { createBulkWriter } from '../../src/core/bulk-writer.ts';
import { toBase64BigEndian } from '../../src/core/sync/make-document.ts';
import type { BenchRecording } from './recordings.ts';

interface Place {
  readonly client: Client;
  readonly index: string;
  /** Write alias of the index. */
  readonly alias: string;
}

/** One way of getting documents into an index. */
export interface Way {
  readonly name: string;
  /** One in so many recordings is enough to know the speed of a slow way. */
  readonly every: number;
  write(place: Place, recordings: readonly BenchRecording[]): Promise<void>;
}

type Encode = (recording: BenchRecording) => object;

const withFloats: Encode = ({ key, vector }) => ({ audio: { key }, embedding: Array.from(vector) });
const withBase64: Encode = ({ key, vector }) => ({ audio: { key }, embedding: toBase64BigEndian(vector) });

const oneByOne =
  (encode: Encode): Way['write'] =>
  async ({ client, alias }, recordings) => {
    for (const recording of recordings)
      await client.index({ index: alias, id: recording.id, document: encode(recording) });
  };

/** With the helper's own defaults. */
const bulkHelper =
  (encode: Encode): Way['write'] =>
  async ({ client, alias }, recordings) => {
    const { failed, successful } = await client.helpers.bulk({
      datasource: [...recordings],
      onDocument: (recording) => [{ index: { _index: alias, _id: recording.id } }, encode(recording)],
    });
    if (failed > 0 || successful !== recordings.length)
      throw new Error(`the helper says ${successful} written, ${failed} failed`);
  };

/** As the sync job writes: external versions, one promise a document, at most 400 waiting. */
const ourWriter: Way['write'] = async ({ client, index, alias }, recordings) => {
  const writer = createBulkWriter({ send: createSendBulk({ client, alias }), concreteIndices: [index] });
  const waiting = new Set<Promise<void>>();
  for (const recording of recordings) {
    const body = Buffer.from(JSON.stringify(withBase64(recording)));
    const settled = writer
      .submit({ opId: recording.key, id: recording.id, action: 'index', version: 1, body })
      .then(({ state, code, message }) => {
        waiting.delete(settled);
        if (state !== 'acked') throw new Error(`${recording.key}: ${state} ${code} ${message}`);
      });
    waiting.add(settled);
    if (waiting.size >= 400) await Promise.race(waiting);
  }
  await writer.drain();
  await Promise.all(waiting);
};

/** The first one is what the others are compared with. */
export const WAYS: readonly Way[] = [
  { name: 'one by one, JSON floats', every: 8, write: oneByOne(withFloats) },
  { name: 'one by one, base64', every: 4, write: oneByOne(withBase64) },
  { name: "client's bulk helper, JSON floats", every: 2, write: bulkHelper(withFloats) },
  { name: "client's bulk helper, base64", every: 1, write: bulkHelper(withBase64) },
  { name: 'bulk writer, base64', every: 1, write: ourWriter },
];
