// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { isNamedAudio } from './audio-names.ts';

/** An object somebody says something happened to. What happened is not asked: the store is. */
export interface EventKey {
  readonly bucket: string;
  readonly key: string;
}

export type BucketEvents =
  | { readonly kind: 'keys'; readonly keys: readonly EventKey[] }
  /** Sent once when notifications are set up. */
  | { readonly kind: 'test' }
  /** SNS asks whether it may send here: somebody has to open this address. */
  | { readonly kind: 'confirm'; readonly url: string }
  | { readonly kind: 'unknown' };

const record = z.object({
  s3: z.object({ bucket: z.object({ name: z.string() }), object: z.object({ key: z.string() }) }),
});
/** AWS, Ceph RGW and versitygw. */
const records = z.object({ Records: z.array(record) });
const testEvent = z.object({ Event: z.literal('s3:TestEvent') });
const eventBridge = z.object({
  detail: z.object({ bucket: z.object({ name: z.string() }), object: z.object({ key: z.string() }) }),
});
const snsNotification = z.object({ Type: z.literal('Notification'), Message: z.string() });
const snsConfirmation = z.object({ Type: z.literal('SubscriptionConfirmation'), SubscribeURL: z.string() });

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const toKey = (s3: z.infer<typeof record>['s3']): EventKey => ({ bucket: s3.bucket.name, key: s3.object.key });

/** Reads the body of a notification: S3 records, alone or in an SNS envelope, EventBridge, or a test. */
export function readBucketEvents(body: unknown): BucketEvents {
  const listed = records.safeParse(body);
  if (listed.success) return { kind: 'keys', keys: listed.data.Records.map(({ s3 }) => toKey(s3)) };
  if (testEvent.safeParse(body).success) return { kind: 'test' };
  const bridged = eventBridge.safeParse(body);
  if (bridged.success) return { kind: 'keys', keys: [toKey(bridged.data.detail)] };
  const notified = snsNotification.safeParse(body);
  if (notified.success) return readBucketEvents(parseJson(notified.data.Message));
  const asked = snsConfirmation.safeParse(body);
  return asked.success ? { kind: 'confirm', url: asked.data.SubscribeURL } : { kind: 'unknown' };
}

const SIDECAR = '.json';

/** A recording is looked at when its sidecar (`x.wav.json`) changed. What `x.json` belongs to, a whole run finds. */
function withRecording(key: string): string[] {
  const recording = key.endsWith(SIDECAR) ? key.slice(0, -SIDECAR.length) : '';
  return isNamedAudio(recording) ? [key, recording] : [key];
}

/** What form encoding leaves as it is, and what it puts in the place of the rest. */
const MAY_BE_ENCODED = /^[\w.*~!'()/:@+%-]*$/;

/**
 * The keys that an event may mean. AWS encodes them (`+` for a space), versitygw and EventBridge do not, and nothing in
 * the event says so: when both readings are possible, both are looked at, and the one that names nothing costs a HEAD.
 */
export function keysMeant(key: string): string[] {
  return readings(key).flatMap(withRecording);
}

function readings(key: string): string[] {
  if (!/[+%]/.test(key) || !MAY_BE_ENCODED.test(key)) return [key];
  try {
    const decoded = decodeURIComponent(key.replaceAll('+', ' '));
    return decoded === key ? [key] : [key, decoded];
  } catch {
    return [key];
  }
}
