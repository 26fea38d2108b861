// SPDX-License-Identifier: Apache-2.0
import type { FuzzRequest } from './fuzz-request.ts';
import { hostileHeaders } from './hostile-headers.ts';
import { hostileModel } from './hostile-query.ts';
import { hostileJson, hostileObject } from './hostile-values.ts';
import type { Random } from './random.ts';

const WINDOW = 8000;
const GOOD_RATE = '?sample_rate=8000';
const RATES = [...Array<string>(17).fill(GOOD_RATE), '', '?sample_rate=44100', '?sample_rate=-0'];
const ODD_SAMPLES = [Number.NaN, Number.POSITIVE_INFINITY, 3e38, -3e38, 1e-45, 0];

function tensor(count: number, random: Random): Buffer {
  const bytes = Buffer.alloc(count * WINDOW * 4);
  const level = random.pick([0.5, 0.5, 0, 1e19, 3e38]);
  for (let at = 0; at < count * WINDOW; at++) bytes.writeFloatLE(level * Math.sin(at / 9), at * 4);
  if (count > 0 && random.chance(0.2)) bytes.writeFloatLE(random.pick(ODD_SAMPLES), random.below(count * WINDOW) * 4);
  return random.chance(0.1) ? bytes.subarray(0, random.below(bytes.length + 1)) : bytes;
}

const maybe = (good: string, random: Random): string => (random.chance(0.06) ? hostileJson(random) : good);

function input(count: number, binary: Buffer | undefined, random: Random): string {
  const size = random.chance(0.1) ? random.pick(['0', '-4', '1e300', '1.5', '31999']) : String(binary?.length ?? 0);
  const shape = maybe(random.chance(0.9) ? `[${count},${WINDOW}]` : '[4294967295,8000]', random);
  const samples = Array.from({ length: count * WINDOW }, (_, at) => (at % 17) / 20).join();
  return `{"name":${maybe('"waveform"', random)},"shape":${shape},"datatype":${maybe('"FP32"', random)},${
    binary ? `"parameters":{"binary_data_size":${size}}` : `"data":${maybe(`[${samples}]`, random)}`
  }}`;
}

/** Bodies of `/v2/models/{model}/infer`: JSON, JSON and tensors, tensors alone. */
export function inferRequest(random: Random): FuzzRequest {
  const count = random.pick([0, 1, 1, 1, 2, 2, 3, 3]);
  const binary = random.chance(0.6) ? tensor(count, random) : undefined;
  const json = hostileObject(
    {
      id: () => '"a"',
      inputs: () => `[${input(count, binary, random)}]`,
      outputs: () => `[{"name":"embedding","parameters":{"binary_data":${random.chance(0.5)}}}]`,
      parameters: () => `{"priority":${maybe('1', random)},"timeout":${maybe('9000000', random)}}`,
    },
    random,
  );
  const isRaw = binary !== undefined && random.chance(0.2);
  const length = random.chance(0.1)
    ? random.pick(['-1', '1e9', '999999999999999', '5', 'NaN', ''])
    : String(isRaw ? 0 : json.length);
  const model = random.chance(0.9) ? 'tiny-1' : hostileModel(random);
  return {
    kind: 'infer',
    dialect: 'kserve',
    form: 'infer',
    method: 'POST',
    target: `/v2/models/${model}/infer${random.pick(RATES)}`,
    headers: [
      ...(binary ? [['Inference-Header-Content-Length', length] as const] : []),
      ...(random.chance(0.15) ? hostileHeaders(random) : []),
    ],
    body: Buffer.concat([isRaw ? Buffer.alloc(0) : json, binary ?? Buffer.alloc(0)]),
  };
}
