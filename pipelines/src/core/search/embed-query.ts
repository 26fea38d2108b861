// SPDX-License-Identifier: Apache-2.0
import { combineVectors } from '@earshot/mappings/search';
import type { EmbeddedRecording, Embedder, EmbedFailure } from '../../ports/embedder.ts';
import type { EmbeddedQuery, QueryAudio, QueryVector } from '../../ports/search.ts';
import { EarshotError } from '../earshot-error.ts';

/** The track vector; in spaces of segments only, their mean direction. */
function vectorOf({ space, fingerprint, embedding, segments, status }: EmbeddedRecording): QueryVector {
  if (status !== 'ready')
    throw new EarshotError(
      'QUERY_AUDIO_UNUSABLE',
      status === 'silent'
        ? 'The recording is silent: there is nothing to look for'
        : `No melody was heard in it (${space})`,
    );
  const vector =
    embedding ??
    combineVectors(
      segments.map((segment) => segment.embedding),
      [],
    );
  return { space, fingerprint, vector };
}

function embedFailure({ state, code, message }: EmbedFailure): EarshotError {
  return state === 'poison'
    ? new EarshotError('QUERY_AUDIO_UNUSABLE', `The recording cannot be used (${code}): ${message}`)
    : new EarshotError('INFERENCE_UNAVAILABLE', `The inference service did not answer (${code}): ${message}`);
}

/** Vectors of a query recording: the same service, card and decoding as for indexed audio. */
export async function embedQuery(
  embedder: Embedder,
  audio: QueryAudio,
  { spaces, signal }: { readonly spaces: readonly string[]; readonly signal?: AbortSignal | undefined },
): Promise<EmbeddedQuery> {
  const { open, length, fromSeconds, toSeconds, peaks } = audio;
  const outcome = await embedder.embed({
    open,
    length,
    models: spaces,
    priority: 'interactive',
    ...(fromSeconds === undefined ? {} : { fromSeconds }),
    ...(toSeconds === undefined ? {} : { toSeconds }),
    ...(peaks === undefined ? {} : { peaks }),
    ...(signal ? { signal } : {}),
  });
  if (outcome.state !== 'embedded') throw embedFailure(outcome);
  const { recordings } = outcome;
  const longest = (of: (recording: EmbeddedRecording) => number): number => Math.max(0, ...recordings.map(of));
  return {
    vectors: recordings.map(vectorOf),
    durationMs: longest(({ durationMs }) => durationMs),
    peaks: recordings[0]?.decode.peaks ?? [],
    decodeMs: longest(({ timing }) => timing.decode_ms),
    embedMs: recordings.reduce((sum, { timing }) => sum + timing.queue_ms + timing.infer_ms, 0),
  };
}
