// SPDX-License-Identifier: Apache-2.0
import type { Space } from '@earshot/models/registry';
import type { Request, Response } from 'express';
import type { AudioEmbeddingResult, AudioEmbeddingResults } from '../../contract/embeddings.ts';
import type { EmbedOptions, RecordingEmbedding } from '../../core/embedder.ts';
import type { AppDeps } from '../app-deps.ts';
import { audioEmbeddingsOperation as operation } from '../audio-embeddings-operation.ts';
import { audioResult } from '../audio-result.ts';
import { defaultSpace } from '../default-space.ts';
import { createNdjsonAnswer, NDJSON } from '../ndjson-answer.ts';
import { nativeDialect } from '../openai-dialect.ts';
import { type AudioQuery, parseAudioQuery } from '../parse-audio-query.ts';
import { holdUpload } from '../receive-upload.ts';
import { startWork } from '../request-context.ts';
import type { Route } from '../route.ts';
import { setTimingHeaders } from '../timing-headers.ts';

function modelsOf(query: AudioQuery, deps: AppDeps): readonly string[] {
  return query.model ? [...new Set(query.model)] : [defaultSpace(deps).card.id];
}

const withSegments = (query: AudioQuery, { card }: Space): boolean =>
  query.segments ?? (query.pooling === 'none' || !card.hasTrackVector);

/** `POST /v1/audio/embeddings`: the route of the sync job, the command line and the panel. */
export function audioEmbeddingsRoute(deps: AppDeps): Route {
  const handle = async (request: Request, response: Response): Promise<void> => {
    const query = parseAudioQuery(request.query);
    const work = startWork(request, response, deps.requestTimeoutMs);
    const spaces = deps.embedder.admit(modelsOf(query, deps), { windowSeconds: query.window, hopSeconds: query.hop });
    const isStreamed = request.accepts(['application/json', NDJSON]) === NDJSON;
    const { encoding, hop: hopSeconds } = query;
    const lines = createNdjsonAnswer(response, { spaces, hopSeconds, encoding, signal: work.signal });
    const options: EmbedOptions = {
      ...work,
      hopSeconds,
      pooling: query.pooling,
      offsetSeconds: query.offset,
      durationSeconds: query.duration,
      peaks: query.peaks,
      inputType: query.input_type,
      lenient: query.lenient,
      keepSegments: !isStreamed && spaces.some((space) => withSegments(query, space)),
      onSegment: isStreamed ? lines.onSegment : undefined,
    };
    const upload = { spool: deps.spool, maxBytes: deps.limits.max_upload_bytes, signal: work.signal };
    const embedUpload = (): Promise<readonly RecordingEmbedding[]> =>
      holdUpload(request, upload, (file) =>
        deps.embedder.embed(file.path, spaces, { ...options, sha256: file.sha256 }),
      );
    if (isStreamed) {
      await embedUpload().then(lines.finish, lines.fail);
      return;
    }
    const embedded = await embedUpload();
    const results = embedded.map((result) =>
      audioResult(result, { encoding, withSegments: withSegments(query, result.space) }),
    );
    setTimingHeaders(response, embedded);
    const [only] = results;
    const body: AudioEmbeddingResult | AudioEmbeddingResults | undefined = results.length === 1 ? only : { results };
    response.json(body);
  };
  return { method: 'post', path: '/v1/audio/embeddings', scope: 'embed', dialect: nativeDialect, operation, handle };
}
