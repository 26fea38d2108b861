// SPDX-License-Identifier: Apache-2.0

/** The error catalogue: one row per code, and nowhere else. `docs/operators/errors.md` is checked against it. */

export interface ErrorKind {
  readonly status: number;
  readonly type:
    | 'invalid_request_error'
    | 'authentication_error'
    | 'permission_error'
    | 'rate_limit_error'
    | 'server_error';
  readonly isRetryable: boolean;
  /** What the caller can do about it. */
  readonly remedy: string;
}

const invalid = (status: number, remedy: string): ErrorKind => ({
  status,
  type: 'invalid_request_error',
  isRetryable: false,
  remedy,
});
const server = (status: number, remedy: string): ErrorKind => ({
  status,
  type: 'server_error',
  isRetryable: true,
  remedy,
});

export const ERROR_KINDS = {
  invalid_request: invalid(400, 'Correct the request as the message says.'),
  invalid_parameter: invalid(400, 'Correct the named parameter.'),
  sample_rate_undeclared: invalid(
    400,
    'Say at which rate the samples are: parameters.sample_rate, or ?sample_rate= in the address.',
  ),
  invalid_json: invalid(400, 'Send a valid JSON body.'),
  empty_body: invalid(400, 'Send the bytes of an audio file as the body, or a multipart field "file".'),
  empty_input: invalid(400, 'Send at least one item.'),
  url_not_allowed: invalid(400, 'Send the audio itself, or have its place listed in EARSHOT_FETCH_ALLOW.'),
  model_does_not_embed_text: invalid(400, 'Send audio, or choose a space that embeds text.'),
  text_too_long: invalid(400, 'Send fewer words; on /embed "truncate": true cuts what is too much.'),
  invalid_audio_input: invalid(400, 'Send data:audio/…;base64,… with valid base64.'),
  invalid_api_key: {
    status: 401,
    type: 'authentication_error',
    isRetryable: false,
    remedy: 'Send a valid key as Authorization: Bearer.',
  },
  insufficient_scope: {
    status: 403,
    type: 'permission_error',
    isRetryable: false,
    remedy: 'Use a key with the needed scope.',
  },
  model_not_found: invalid(404, 'Ask GET /v1/models for the spaces served here.'),
  not_found: invalid(404, 'Ask GET /openapi.json or the documentation for the routes.'),
  method_not_allowed: invalid(405, 'Use the method named in the Allow header.'),
  model_busy: {
    status: 409,
    type: 'invalid_request_error',
    isRetryable: true,
    remedy: 'Try again when the other change of this model is done.',
  },
  deadline_exceeded: {
    status: 408,
    type: 'server_error',
    isRetryable: true,
    remedy: 'Try again later, or with a longer timeout.',
  },
  audio_too_large: invalid(413, 'Send a smaller file, or raise EARSHOT_MAX_UPLOAD_BYTES.'),
  audio_too_long: invalid(
    413,
    'Send a shorter recording, or raise EARSHOT_MAX_AUDIO_SECONDS and EARSHOT_MAX_QUEUE_WINDOWS.',
  ),
  not_audio: invalid(415, 'Send an audio file in a supported format (wav, mp3, flac, ogg, opus, m4a, aiff, …).'),
  unsupported_encoding: invalid(415, 'Send the body without Content-Encoding.'),
  undecodable_audio: invalid(422, 'Check the file: it looks like audio but cannot be decoded.'),
  no_audio_stream: invalid(422, 'Send a file that has an audio track.'),
  audio_too_short: invalid(422, 'Send a longer recording.'),
  silent_audio: invalid(422, 'Send a recording in which something sounds, or use /v1/audio/embeddings.'),
  no_melody: invalid(422, 'Send a recording with a tune of at least 2 s: hummed, sung, whistled or played.'),
  melody_too_long: invalid(422, 'Choose a part of the recording: offset and duration, in seconds.'),
  model_not_loadable: invalid(422, 'Correct card or graph as the message says; what was served before still is.'),
  fetch_failed: {
    status: 422,
    type: 'invalid_request_error',
    isRetryable: true,
    remedy: 'Check that the address serves audio to everyone; the reason is in the log of the service.',
  },
  queue_full: {
    status: 429,
    type: 'rate_limit_error',
    isRetryable: true,
    remedy: 'Try again after the seconds in Retry-After.',
  },
  rate_limited: {
    status: 429,
    type: 'rate_limit_error',
    isRetryable: true,
    remedy: 'Try again after the seconds in Retry-After, or ask for higher limits of the key.',
  },
  internal_error: server(500, 'Look at the log of the service for this request id.'),
  not_ready: server(503, 'Wait until GET /health/ready answers 200.'),
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_KINDS;
