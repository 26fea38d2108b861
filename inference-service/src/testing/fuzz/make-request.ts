// SPDX-License-Identifier: Apache-2.0
import { damagedAudio, disguisedAudio, oddAudio, oddParameters } from './audio-requests.ts';
import { encodeRequest, type FuzzRequest } from './fuzz-request.ts';
import { goodRequest } from './good-requests.ts';
import { LYING_LENGTHS, wireHeader } from './hostile-headers.ts';
import { inferRequest } from './infer-requests.ts';
import { embeddingsRequest, embedRequest } from './json-requests.ts';
import { formRequest } from './multipart-requests.ts';
import { createRandom, type Random } from './random.ts';
import { routeRequest } from './route-requests.ts';

const FAMILIES: readonly ((random: Random) => FuzzRequest)[] = [
  damagedAudio,
  damagedAudio,
  damagedAudio,
  oddAudio,
  disguisedAudio,
  oddParameters,
  embeddingsRequest,
  embedRequest,
  inferRequest,
  inferRequest,
  formRequest,
  formRequest,
  routeRequest,
  goodRequest,
];

/** What is done to a request on its way: the client leaves, the length lies, a header breaks the parser. */
function disturb(request: FuzzRequest, random: Random): FuzzRequest {
  const { expect: _expect, ...bare } = request;
  if (random.chance(0.06))
    return { ...bare, kind: 'client leaves', abortAt: random.below(encodeRequest(request).length + 1) };
  if (random.chance(0.04))
    return { ...bare, kind: 'length lies', saidLength: random.pick(LYING_LENGTHS), isWireHostile: true };
  if (random.chance(0.04))
    return { ...bare, kind: 'wire', headers: [...request.headers, wireHeader(random)], isWireHostile: true };
  return request;
}

const SPREAD = 0x9e3779b1;

/** The request that belongs to a seed and an index: always the same one. */
export function makeRequest(seed: number, index: number): FuzzRequest {
  const random = createRandom(Math.imul(seed, SPREAD) ^ Math.imul(index + 1, 0x85ebca6b));
  return disturb(random.pick(FAMILIES)(random), random);
}

/** For soaking: three good requests to one hostile. */
export function makeMixedRequest(seed: number, index: number): FuzzRequest {
  return index % 4 === 3 ? makeRequest(seed, index) : goodRequest(createRandom(Math.imul(seed, SPREAD) ^ index));
}
