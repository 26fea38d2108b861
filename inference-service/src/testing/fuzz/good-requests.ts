// SPDX-License-Identifier: Apache-2.0
import { AUDIO_SEEDS, notes } from './audio-seeds.ts';
import type { FuzzRequest } from './fuzz-request.ts';
import type { Random } from './random.ts';

const json = [['Content-Type', 'application/json']] as const;
const GETS = ['/info', '/health/ready', '/metrics', '/openapi.json', '/v1/models', '/v2', '/v2/models/tiny-1'];

const INFER = '/v2/models/tiny-1/infer?sample_rate=8000';

const recording = (random: Random): Buffer =>
  random.chance(0.5) ? random.pick(AUDIO_SEEDS) : notes(random.between(1, 12));

function audioRequest(random: Random): Pick<FuzzRequest, 'target' | 'headers' | 'body'> {
  const bytes = recording(random);
  const target = `/v1/audio/embeddings?model=${random.pick(['tiny-1', 'spectral-1', 'tiny-1,spectral-1'])}&peaks=100`;
  if (random.chance(0.3)) {
    const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n';
    const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--b--\r\n')]);
    return { target, headers: [['Content-Type', 'multipart/form-data; boundary=b']], body };
  }
  const accept = random.pick(['application/json', 'application/x-ndjson']);
  return { target: `${target}&segments=true`, headers: [['Accept', accept]], body: bytes };
}

function inferBody(random: Random): Pick<FuzzRequest, 'headers' | 'body'> {
  const count = random.between(1, 4);
  const samples = Float32Array.from({ length: count * 8000 }, (_, at) => Math.sin(at / random.between(5, 9)) / 2);
  return { headers: [['Inference-Header-Content-Length', '0']], body: Buffer.from(samples.buffer) };
}

/** A request as it should be, on any of the routes; it must be answered with 200. */
export function goodRequest(random: Random): FuzzRequest {
  const base = { kind: 'good', method: 'POST', expect: 'ok' } as const;
  const audio = (): string => `data:audio/wav;base64,${recording(random).toString('base64')}`;
  const makers: readonly (() => FuzzRequest)[] = [
    () => ({ ...base, dialect: 'native', form: 'audio', ...audioRequest(random) }),
    () => ({ ...base, dialect: 'native', form: 'audio', ...audioRequest(random) }),
    () => {
      const body = Buffer.from(JSON.stringify({ model: 'tiny-1', input: [audio(), audio()] }));
      return { ...base, dialect: 'openai', form: 'embeddings', target: '/v1/embeddings', headers: json, body };
    },
    () => {
      const body = Buffer.from(JSON.stringify({ inputs: audio() }));
      return { ...base, dialect: 'tei', form: 'embed', target: '/embed?model=tiny-1', headers: json, body };
    },
    () => ({ ...base, dialect: 'kserve', form: 'infer', target: INFER, ...inferBody(random) }),
    () => ({
      ...base,
      dialect: 'native',
      form: 'any',
      method: 'GET',
      target: random.pick(GETS),
      headers: [],
      body: Buffer.alloc(0),
    }),
  ];
  return random.pick(makers)();
}
