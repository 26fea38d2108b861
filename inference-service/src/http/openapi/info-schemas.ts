// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import type { ServiceInfo, SpaceInfo } from '../../contract/embeddings.ts';

/** What the service says about itself. */

const count = z.int().nonnegative();
const tried = z.array(z.strictObject({ ep: z.string(), reason: z.string() }));

export const spaceInfo = z.strictObject({
  id: z.string(),
  fingerprint: z.string(),
  dims: z.int().positive(),
  similarity: z.string(),
  sample_rate_hz: z.int().positive(),
  window_ms: count,
  hop_ms: count,
  accepts_text: z.boolean(),
  max_text_tokens: z.int().positive().exactOptional(),
  max_melody_seconds: z.number().positive().exactOptional(),
  has_track_vector: z.boolean(),
  licence: z.string(),
}) satisfies z.ZodType<SpaceInfo>;

const device = z.strictObject({
  name: z.string(),
  ep: z.string().nullable(),
  tried,
  pid: z.int().nullable(),
  restarts: count,
  replacements: count,
  rss_bytes: z.int().nullable(),
  problem: z.string().nullable(),
});

/** About the first space, under the names that text-embeddings-inference has for them. */
const teiFields = {
  model_id: z.string().nullable(),
  model_sha: z.string().nullable(),
  model_dtype: z.string().nullable(),
  served_model_name: z.string().nullable(),
  model_type: z.strictObject({ embedding: z.strictObject({ pooling: z.string().nullable() }) }),
  max_concurrent_requests: count,
  max_client_batch_size: count,
};

export const serviceInfo = z.strictObject({
  version: z.string(),
  spaces: z.array(spaceInfo),
  ep: z.strictObject({ live: z.string().nullable(), tried }),
  ffmpeg: z.strictObject({ version: z.string(), source: z.string(), refuses: z.array(z.string()) }),
  limits: z.strictObject({
    max_audio_seconds: count,
    max_upload_bytes: count,
    max_concurrent_decodes: count,
    max_queue_windows: count,
  }),
  host: z.strictObject({ pid: z.int().nullable(), restarts: count }).exactOptional(),
  devices: z.array(device).exactOptional(),
  problems: z.array(z.string()).exactOptional(),
  ...teiFields,
}) satisfies z.ZodType<ServiceInfo>;

export const liveness = z.strictObject({ live: z.literal(true) });

export const readiness = z.strictObject({ ready: z.boolean(), problems: z.array(z.string()) });
