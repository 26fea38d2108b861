// SPDX-License-Identifier: Apache-2.0
import { combineVectors } from '@earshot/mappings/search';
import type { EmbeddedRecording, Embedder, EmbedFailure } from '../../ports/embedder.ts';
import type { EmbeddedQuery, QueryAudio, QueryMelody, QueryVector } from '../../ports/search.ts';
import { EarshotError } from '../earshot-error.ts';

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Why there is nothing to look for, with what was measured. */
function unusable({ space, status, melody }: EmbeddedRecording): EarshotError {
  if (status === 'silent')
    return new EarshotError('QUERY_AUDIO_UNUSABLE', 'The recording is silent: there is nothing to look for');
  const silence = `No melody was heard in it (${space})`;
  if (!melody) return new EarshotError('QUERY_AUDIO_UNUSABLE', silence);
  const { duration_s, voiced_share, notes, range_semitones, stable_share } = melody.heard;
  const measured = `${duration_s.toFixed(1)} s, pitch in ${percent(voiced_share)}, ${notes} ${notes === 1 ? 'note' : 'notes'} over ${range_semitones.toFixed(1)} semitones, steady in ${percent(stable_share)}`;
  return new EarshotError('QUERY_AUDIO_UNUSABLE', `${silence}: ${melody.reason ?? 'unknown why'} (${measured})`, {
    remedy: 'Hum, sing, whistle or play a few seconds of a tune, one voice, near the microphone.',
  });
}

/** @param offsetMs where the part begins that was listened to: windows count from the start of the recording, the pitch from there */
function melodyOf({ melody, segments }: EmbeddedRecording, offsetMs: number): QueryMelody | undefined {
  if (!melody) return undefined;
  const { pitch, hopMs, ...heard } = melody;
  const versions = segments.map(({ startMs, endMs, embedding }) => ({
    start_ms: startMs - offsetMs,
    end_ms: endMs - offsetMs,
    vector: embedding,
  }));
  return { versions, pitch, hopMs, heard };
}

/** The track vector; in spaces of segments only, their mean direction. */
function vectorOf(recording: EmbeddedRecording, offsetMs: number): QueryVector {
  const { space, fingerprint, embedding, segments, status } = recording;
  if (status !== 'ready') throw unusable(recording);
  const vector =
    embedding ??
    combineVectors(
      segments.map((segment) => segment.embedding),
      [],
    );
  const melody = melodyOf(recording, offsetMs);
  return { space, fingerprint, vector, ...(melody ? { melody } : {}) };
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
    inputType: 'search',
    ...(fromSeconds === undefined ? {} : { fromSeconds }),
    ...(toSeconds === undefined ? {} : { toSeconds }),
    ...(peaks === undefined ? {} : { peaks }),
    ...(signal ? { signal } : {}),
  });
  if (outcome.state !== 'embedded') throw embedFailure(outcome);
  const { recordings } = outcome;
  const longest = (of: (recording: EmbeddedRecording) => number): number => Math.max(0, ...recordings.map(of));
  return {
    vectors: recordings.map((recording) => vectorOf(recording, Math.round((fromSeconds ?? 0) * 1000))),
    durationMs: longest(({ durationMs }) => durationMs),
    peaks: recordings[0]?.decode.peaks ?? [],
    decodeMs: longest(({ timing }) => timing.decode_ms),
    embedMs: recordings.reduce((sum, { timing }) => sum + timing.queue_ms + timing.infer_ms, 0),
  };
}
