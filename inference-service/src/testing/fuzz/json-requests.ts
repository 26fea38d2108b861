// SPDX-License-Identifier: Apache-2.0
import { notes } from './audio-seeds.ts';
import { disguise } from './disguises.ts';
import type { FuzzRequest } from './fuzz-request.ts';
import { hostileHeaders } from './hostile-headers.ts';
import { hostileObject } from './hostile-values.ts';
import { mutatedAudio } from './mutate-audio.ts';
import type { Random } from './random.ts';

const RECORDING = notes(1).toString('base64');

function item(random: Random): string {
  const audio = random.chance(0.7) ? RECORDING : random.pick([mutatedAudio, disguise])(random).toString('base64');
  return random.pick([
    JSON.stringify(`data:audio/wav;base64,${audio}`),
    JSON.stringify(audio),
    `{"content":[{"type":"audio","format":"base64","value":"${audio}"}]}`,
    `{"audio":"data:;base64,${audio}"}`,
  ]);
}

const items = (random: Random): string =>
  random.chance(0.5) ? item(random) : `[${Array.from({ length: random.between(0, 3) }, () => item(random)).join()}]`;

const headers = (random: Random): (readonly [string, string])[] =>
  random.chance(0.15) ? hostileHeaders(random) : [['Content-Type', 'application/json']];

/** Bodies of `/v1/embeddings`. */
export const embeddingsRequest = (random: Random): FuzzRequest => ({
  kind: 'embeddings',
  dialect: 'openai',
  form: 'embeddings',
  method: 'POST',
  target: '/v1/embeddings',
  headers: headers(random),
  body: hostileObject(
    {
      model: () => '"tiny-1"',
      input: () => items(random),
      encoding_format: () => random.pick(['"float"', '"base64"']),
      dimensions: () => random.pick(['8', '8', '8', 'null', 'null', '9']),
    },
    random,
  ),
});

/** Bodies of `/embed`. */
export const embedRequest = (random: Random): FuzzRequest => ({
  kind: 'embed',
  dialect: 'tei',
  form: 'embed',
  method: 'POST',
  target: random.chance(0.9)
    ? random.pick(['/embed', '/embed?model=tiny-1', '/embed?model=spectral-1'])
    : random.pick(['/embed?model=&model=a', '/embed?x=1', '/embed?model=%00', '/embed?__proto__=1']),
  headers: headers(random),
  body: hostileObject(
    { inputs: () => items(random), normalize: () => 'true', truncate: () => 'false', dimensions: () => 'null' },
    random,
  ),
});
