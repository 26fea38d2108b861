// SPDX-License-Identifier: Apache-2.0

/** Headings of failures by code: each state has its own words. Message and remedy come from the gateway. */
const FAILURE_TITLES: Readonly<Record<string, string>> = {
  PANEL_UNREACHABLE: 'The panel is offline',
  PANEL_AUTH_REQUIRED: 'Please sign in',
  PANEL_QUERY_EXPIRED: 'This upload has expired',
  PANEL_UPLOAD_TOO_LARGE: 'The file is too large',
  PANEL_UPLOAD_INVALID: 'The upload did not arrive',
  PANEL_REQUEST_INVALID: 'This search cannot be run',
  QUERY_AUDIO_UNUSABLE: 'This recording cannot be searched for',
  QUERY_INVALID: 'This search cannot be run',
  SPACE_UNKNOWN: 'There is no such space',
  DOCUMENT_NOT_FOUND: 'There is no such recording',
  INDEX_MISSING: 'This library is not indexed yet',
  FINGERPRINT_MISMATCH: 'The index was made with another model',
  INFERENCE_UNAVAILABLE: 'The inference service does not answer',
  INFERENCE_DENIED: 'The inference service refuses the panel',
  ELASTICSEARCH_UNAVAILABLE: 'Elasticsearch does not answer',
  ELASTICSEARCH_DENIED: 'Elasticsearch refuses the panel',
};

export const failureTitle = (code: string): string => FAILURE_TITLES[code] ?? 'The search failed';

/** `10 hits`, `1 hit`. */
export const hitCount = (count: number): string => `${count} ${count === 1 ? 'hit' : 'hits'}`;
