// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { type Entry, type ObjectStore, ObjectStoreError } from '../ports/object-store.ts';
import type { ReadRecording, RecordingTags } from '../ports/recording-reader.ts';

const LARGEST = 64 << 10;
const MOST_LABELS = 100;

const labelName = z.string().regex(/^[^\p{C}]{1,64}$/u, 'a label name has 1 to 64 visible characters');
const labelText = z.union([z.string(), z.number(), z.boolean()]).transform(String).pipe(z.string().max(1000));
const sidecarSchema = z.object({
  title: z.string().trim().min(1).max(1000).optional(),
  labels: z
    .record(labelName, z.union([labelText, z.array(labelText).max(MOST_LABELS)], 'must be text, a number or a list'))
    .refine((labels) => Object.keys(labels).length <= MOST_LABELS, `at most ${MOST_LABELS} labels`)
    .optional(),
});

/** What a sidecar says; `unusable`: why nothing of it is taken. */
export type Sidecar = Pick<RecordingTags, 'title' | 'labels'> | { readonly unusable: string };

/** Title and labels out of the text of a sidecar; other keys are somebody else's. */
export function parseSidecar(bytes: Uint8Array): Sidecar {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return { unusable: `is no JSON in UTF-8: ${(error as Error).message.slice(0, 200)}` };
  }
  const parsed = sidecarSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { unusable: `${issue?.path.join('.') || 'it'}: ${issue?.message}` };
  }
  const { title, labels } = parsed.data;
  return { ...(title ? { title } : {}), ...(labels ? { labels } : {}) };
}

async function fetchSidecar(store: ObjectStore, sidecar: Entry, signal: AbortSignal): Promise<Buffer> {
  const { body } = await store.get(sidecar, { signal });
  try {
    const bytes = Buffer.concat(await Array.fromAsync(body as AsyncIterable<Buffer>));
    if (bytes.length === sidecar.size) return bytes;
    throw new Error(`${bytes.length} of ${sidecar.size} bytes came`);
  } catch (error) {
    signal.throwIfAborted();
    throw new ObjectStoreError('unavailable', `${sidecar.key}: ${(error as Error).message}`, error);
  } finally {
    body.destroy();
  }
}

/**
 * @throws ObjectStoreError `changed` when the sidecar is no longer the one listed: the recording is looked at again
 */
async function readSidecar(store: ObjectStore, sidecar: Entry, signal: AbortSignal): Promise<Sidecar> {
  if (sidecar.size > LARGEST) return { unusable: `has ${sidecar.size} bytes, more than ${LARGEST}` };
  try {
    return parseSidecar(await fetchSidecar(store, sidecar, signal));
  } catch (error) {
    if (!(error instanceof ObjectStoreError) || error.trouble !== 'vanished') throw error;
    throw new ObjectStoreError('changed', `the sidecar ${error.message}`, error);
  }
}

interface Options {
  readonly store: ObjectStore;
  /** A sidecar of which nothing is taken. The recording is indexed without it. */
  readonly onUnusable: (sidecar: string, reason: string) => void;
}

/** Recordings whose tags say what their sidecars say; title and labels of a sidecar win. */
export function withSidecarTags(read: ReadRecording, { store, onUnusable }: Options): ReadRecording {
  return async (entry, signal) => {
    if (!entry.sidecar) return read(entry, signal);
    const sidecar = await readSidecar(store, entry.sidecar, signal);
    if ('unusable' in sidecar) {
      onUnusable(entry.sidecar.key, sidecar.unusable);
      return read(entry, signal);
    }
    const recording = await read(entry, signal);
    return { ...recording, tags: async () => ({ ...(await recording.tags()), ...sidecar }) };
  };
}
