// SPDX-License-Identifier: Apache-2.0
import { AUDIO_QUERY_PARAMETERS } from './audio-query-parameters.ts';
import { NDJSON } from './ndjson-answer.ts';
import { component } from './openapi/components.ts';
import { TIMING_HEADERS, WORK_HEADERS } from './openapi/headers.ts';
import type { Operation } from './route.ts';

const file = { schema: { type: 'string', format: 'binary' } };

/** What `/openapi.json` says about `POST /v1/audio/embeddings`. */
export const audioEmbeddingsOperation: Operation = {
  summary: 'Embed one recording: raw audio as the body, or a form with the part "file"',
  parameters: [...AUDIO_QUERY_PARAMETERS, ...WORK_HEADERS],
  requestBody: {
    required: true,
    content: {
      'audio/*': file,
      'application/octet-stream': file,
      'multipart/form-data': { schema: { type: 'object', required: ['file'], properties: { file: file.schema } } },
    },
  },
  responses: {
    200: {
      description: 'The vectors; in lines with Accept: application/x-ndjson, a failure after the first then being one',
      headers: TIMING_HEADERS,
      content: {
        'application/json': {
          schema: { anyOf: [component('AudioEmbeddingResult'), component('AudioEmbeddingResults')] },
        },
        [NDJSON]: {
          schema: {
            description: 'Each line',
            anyOf: [
              component('StreamHeader'),
              component('StreamSegment'),
              component('StreamSummary'),
              component('Error'),
            ],
          },
        },
      },
    },
  },
  errors: [
    'invalid_request',
    'invalid_parameter',
    'empty_body',
    'model_not_found',
    'deadline_exceeded',
    'audio_too_large',
    'audio_too_long',
    'not_audio',
    'undecodable_audio',
    'no_audio_stream',
    'audio_too_short',
    'melody_too_long',
    'queue_full',
  ],
};
