// SPDX-License-Identifier: Apache-2.0
import { notes } from './audio-seeds.ts';
import { disguise } from './disguises.ts';
import type { FuzzRequest } from './fuzz-request.ts';
import { hostileHeaders } from './hostile-headers.ts';
import { hostileQuery } from './hostile-query.ts';
import { mutatedAudio } from './mutate-audio.ts';
import { oddWav } from './odd-wav.ts';
import type { Random } from './random.ts';

const ROUTE = '/v1/audio/embeddings';
const QUERIES = [
  '',
  '?model=tiny-1',
  '?model=spectral-1',
  '?model=tiny-1,spectral-1&segments=true&peaks=50&lenient=true',
];
const TYPES = ['audio/wav', 'audio/mpeg', 'audio/flac', 'audio/ogg', 'application/octet-stream'];

const base = { dialect: 'native', form: 'audio', method: 'POST' } as const;
const lines = (random: Random): [string, string][] => (random.chance(0.3) ? [['Accept', 'application/x-ndjson']] : []);
const type = (random: Random): [string, string] => ['Content-Type', random.pick(TYPES)];

/** Damaged files. */
export const damagedAudio = (random: Random): FuzzRequest => ({
  ...base,
  kind: 'damaged audio',
  target: ROUTE + random.pick(QUERIES),
  headers: [type(random), ...lines(random)],
  body: mutatedAudio(random),
});

/** WAV files with contradictory headers and samples that are no sane numbers. */
export const oddAudio = (random: Random): FuzzRequest => ({
  ...base,
  kind: 'odd wav',
  target: ROUTE + random.pick(QUERIES),
  headers: [type(random), ...lines(random)],
  body: oddWav(random),
});

/** What is no audio, and must not be taken for it whatever it is called. */
export const disguisedAudio = (random: Random): FuzzRequest => ({
  ...base,
  kind: 'disguise',
  target: ROUTE + random.pick(QUERIES),
  headers: [type(random)],
  body: disguise(random),
  expect: 'refused',
});

/** A good recording with odd parameters and headers. */
export const oddParameters = (random: Random): FuzzRequest => ({
  ...base,
  kind: 'query and headers',
  target: ROUTE + hostileQuery(random),
  headers: hostileHeaders(random),
  body: notes(random.pick([0.01, 0.1, 1, 2])),
});
