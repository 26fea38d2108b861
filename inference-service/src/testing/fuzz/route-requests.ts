// SPDX-License-Identifier: Apache-2.0
import type { DialectName, FuzzRequest } from './fuzz-request.ts';
import { hostileHeaders } from './hostile-headers.ts';
import { hostileModel } from './hostile-query.ts';
import { hostileJson } from './hostile-values.ts';
import type { Random } from './random.ts';

const METHODS = ['GET', 'GET', 'GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH', 'PROPFIND'];

type Target = readonly [target: string, dialect: DialectName];

function targets(random: Random): readonly Target[] {
  const model = hostileModel(random);
  return [
    ['/', 'native'],
    ['//', 'native'],
    ['/%', 'native'],
    ['/info?a=1', 'native'],
    ['/health/ready', 'native'],
    ['/metrics', 'native'],
    ['/openapi.json', 'native'],
    ['/../../etc/passwd', 'native'],
    [`/${'a'.repeat(random.pick([100, 15_000]))}`, 'native'],
    ['/v1/models', 'openai'],
    [`/v1/models/${model}`, 'openai'],
    ['/v1/audio/embeddings', 'native'],
    ['/v1/embeddings', 'openai'],
    ['/embed', 'tei'],
    ['/v2', 'kserve'],
    [`/v2/models/${model}`, 'kserve'],
    [`/v2/models/${model}/ready`, 'kserve'],
    [`/v2/models/tiny-1/versions/${model}/ready`, 'kserve'],
    ['/v2/repository/index', 'kserve'],
    [`/v2/repository/models/x${model}/load`, 'kserve'],
    [`/v2/repository/models/x${model}/unload`, 'kserve'],
  ];
}

/** Every route with methods it does not have, odd paths and odd bodies. */
export function routeRequest(random: Random): FuzzRequest {
  const [target, dialect] = random.pick(targets(random));
  const method = random.pick(METHODS);
  return {
    kind: 'routes',
    dialect,
    form: 'any',
    method,
    target,
    headers: hostileHeaders(random),
    body:
      method === 'GET' || method === 'HEAD' || random.chance(0.3) ? Buffer.alloc(0) : Buffer.from(hostileJson(random)),
    // A line of more than 16 KiB of headers is refused by Node.
    isWireHostile: target.length > 7000,
  };
}
