// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import type { ServiceInfo, SpaceInfo } from '../../contract/embeddings.ts';
import type { AppDeps } from '../app-deps.ts';
import { defaultSpace } from '../default-space.ts';
import { nativeDialect } from '../openai-dialect.ts';
import { jsonAnswer } from '../openapi/describe-body.ts';
import type { Route } from '../route.ts';

function spaceInfo({ card, fingerprint }: Space): SpaceInfo {
  const { sampleRateHz, windowSamples, hopSamples } = card.input;
  return {
    id: card.id,
    fingerprint,
    dims: card.dims,
    similarity: card.similarity,
    sample_rate_hz: sampleRateHz,
    window_ms: Math.round((windowSamples * 1000) / sampleRateHz),
    hop_ms: Math.round((hopSamples * 1000) / sampleRateHz),
    accepts_text: card.acceptsText,
    ...(card.text ? { max_text_tokens: card.text.maxTokens } : {}),
    ...(card.melody ? { max_melody_seconds: card.melody.query.maxSeconds } : {}),
    has_track_vector: card.hasTrackVector,
    licence: card.licence.spdx,
  };
}

/** text-embeddings-inference's keys, about the space that is meant where none is named. */
function teiInfo(space: Space | undefined, deps: AppDeps): object {
  return {
    model_id: space?.card.id ?? null,
    model_sha: space?.card.graph.sha256 ?? null,
    model_dtype: space?.card.graph.precision ?? null,
    served_model_name: space?.card.id ?? null,
    model_type: { embedding: { pooling: space?.card.pooling ?? null } },
    max_concurrent_requests: deps.limits.max_queue_windows,
    max_client_batch_size: 2048,
  };
}

/** `GET /info`: what is served, on which device, with which decoder and limits, and what is wrong. */
export function infoRoute(deps: AppDeps): Route {
  return {
    method: 'get',
    path: '/info',
    scope: 'embed',
    dialect: nativeDialect,
    operation: {
      summary: 'Spaces, device, decoder, limits, problems',
      responses: { 200: jsonAnswer('All about the service', 'ServiceInfo') },
    },
    handle: (_request, response) => {
      const status = deps.engine.status();
      const first = deps.spaces.size === 0 ? undefined : defaultSpace(deps);
      const { version, source, refuses } = deps.decoder;
      const info: ServiceInfo = {
        version: deps.version,
        spaces: [...deps.spaces.values()].map(spaceInfo),
        ep: { live: status.ep, tried: status.tried },
        ffmpeg: { version, source, refuses },
        limits: deps.limits,
        host: { pid: status.hostPid, restarts: status.restarts },
        devices: status.devices.map(({ rssBytes, ...device }) => ({ ...device, rss_bytes: rssBytes })),
        problems: status.problems,
      };
      response.json({ ...info, ...teiInfo(first, deps) });
    },
  };
}
