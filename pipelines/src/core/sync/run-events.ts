// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

const count = z.number().int().min(0);
const counts = z.looseObject({
  listed: count,
  indexed: count,
  reused: count.describe('of indexed: vectors taken from the same content elsewhere'),
  unchanged: count,
  skipped: count,
  failed: count,
  deleted: count,
});
const failure = {
  id: z.string().describe('document id'),
  key: z.string(),
  stage: z.enum(['list', 'get', 'probe', 'embed', 'index', 'delete']),
  code: z.string(),
  reason: z.string(),
};
const finished = {
  run: z.string(),
  library: z.string(),
  space: z.string().describe('one space, or several separated by commas'),
  source: z.string(),
  shard: z.string().optional().describe('2/8: one part of the source'),
  complete: z.boolean().describe('the listing was read to its end'),
  counts: counts.describe('listed = indexed + unchanged + skipped + failed'),
  pending: count.describe('listed by an interrupted run but not settled; outside listed'),
  skipped_by: z.record(z.string(), count),
  audio_seconds: z.number().min(0),
  embedded_seconds: z.number().min(0).describe('of audio_seconds, what the service had to embed'),
  bytes: count,
  duration_ms: count,
  failures: z.array(z.looseObject(failure)).max(100),
  deletes: z.string().optional().describe('why nothing was deleted'),
  exit_code: count,
};

/** One line of `--json`, by its `event`. More fields may come: readers ignore what they do not know. */
export const RUN_EVENTS = {
  run_started: z.looseObject({
    event: z.literal('run_started'),
    run: z.string(),
    library: z.string(),
    space: z.string(),
    source: z.string(),
  }),
  progress: z.looseObject({
    event: z.literal('progress'),
    run: z.string(),
    planned: count.describe('recordings that need work; one counts once for each space'),
    done: count,
    listing: z.boolean().describe('planned still grows'),
    failed: count,
    audio_seconds: count,
    audio_seconds_per_second: z.number().min(0).describe('of the last minute'),
    eta_seconds: count.nullable(),
    bytes: count.describe('of the recordings done'),
    in_flight: z.looseObject({ objects: count, bytes: count }).describe('fetched, not yet done'),
    retries: z.looseObject({ get: count, embed: count, bulk: count }),
  }),
  object_failed: z.looseObject({
    event: z.literal('object_failed'),
    space: z.string(),
    ...failure,
    retryable: z.boolean().describe('the next run tries again by itself'),
  }),
  sidecar_unusable: z.looseObject({ event: z.literal('sidecar_unusable'), key: z.string(), reason: z.string() }),
  guard_refused: z.looseObject({ event: z.literal('guard_refused'), space: z.string(), reason: z.string() }),
  space_finished: z.looseObject({ event: z.literal('space_finished'), ...finished }),
  run_finished: z.looseObject({ event: z.literal('run_finished'), ...finished }),
  metrics_started: z.looseObject({ event: z.literal('metrics_started'), url: z.string() }),
  watch_started: z.looseObject({
    event: z.literal('watch_started'),
    url: z.string().describe('where events are received'),
    sources: z.array(z.string()),
  }),
  watch_waiting: z.looseObject({
    event: z.literal('watch_waiting'),
    source: z.string(),
    code: z.string(),
    reason: z.string(),
    retry_in_ms: count,
    pending: count.describe('keys that wait'),
  }),
} as const;

/** JSON Schema of every line, as published in docs/operators/sync-events.schema.json. */
export function runEventsSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(z.union(Object.values(RUN_EVENTS)));
  return { $schema, title: 'A line of earshot sync run|watch --json', ...schema };
}
