// SPDX-License-Identifier: Apache-2.0
import { type AudioQuery, MOST_MODELS, MOST_PEAKS } from './parse-audio-query.ts';
import type { JsonSchema } from './route.ts';

interface Described {
  readonly description: string;
  readonly schema: JsonSchema;
}

const positiveSeconds = { type: 'number', exclusiveMinimum: 0 };

/** One entry a parameter that parseAudioQuery knows: the compiler sees to it. */
const DESCRIBED: Readonly<Record<keyof AudioQuery, Described>> = {
  model: {
    description: 'Space ids, repeated or separated by commas; several answer {"results":[…]}. Default: the first space',
    schema: { type: 'array', items: { type: 'string', minLength: 1 }, maxItems: MOST_MODELS },
  },
  window: { description: 'Seconds; only the window of the space', schema: positiveSeconds },
  hop: { description: 'Seconds between windows, up to the window. Default: as the card says', schema: positiveSeconds },
  pooling: {
    description: 'Window vectors → track vector; none: segments only. Default: as the card says',
    schema: { type: 'string', enum: ['mean', 'max', 'none'] },
  },
  offset: { description: 'Seconds to leave out at the start', schema: { type: 'number', minimum: 0 } },
  duration: { description: 'Seconds to look at', schema: positiveSeconds },
  input_type: {
    description:
      'What vectors are for, in spaces of melodies. search: those of a query, and that of the whole as embedding',
    schema: { type: 'string', enum: ['ingest', 'search'], default: 'ingest' },
  },
  encoding: {
    description: 'Of vectors: numbers, or base64 of little-endian float32',
    schema: { type: 'string', enum: ['float', 'base64'], default: 'float' },
  },
  segments: { description: 'One vector a window, with its times', schema: { type: 'boolean' } },
  lenient: { description: 'Keep what can be read of a damaged file', schema: { type: 'boolean' } },
  peaks: {
    description: 'So many peaks of the waveform, 0…127',
    schema: { type: 'integer', minimum: 1, maximum: MOST_PEAKS },
  },
};

/** The query of `POST /v1/audio/embeddings` for `/openapi.json`. */
export const AUDIO_QUERY_PARAMETERS: readonly JsonSchema[] = Object.entries(DESCRIBED).map(([name, described]) => ({
  name,
  in: 'query',
  ...described,
}));
