// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { Client, errors } from '@elastic/elasticsearch';
import type { Config } from '../config/load-config.ts';
import { EarshotError } from '../core/earshot-error.ts';
import type { ErrorCode } from '../core/error-kinds.ts';
import { createPatientTransport, isOverload } from './patient-transport.ts';

type Connection = Pick<
  Config,
  | 'elasticsearchUrl'
  | 'elasticsearchApiKey'
  | 'elasticsearchUsername'
  | 'elasticsearchPassword'
  | 'elasticsearchCaFile'
  | 'elasticsearchTimeout'
>;

type ClientOptions = ConstructorParameters<typeof Client>[0];

function authOf(config: Connection): Partial<ClientOptions> {
  if (config.elasticsearchApiKey) return { auth: { apiKey: config.elasticsearchApiKey } };
  if (!config.elasticsearchUsername) return {};
  return { auth: { username: config.elasticsearchUsername, password: config.elasticsearchPassword ?? '' } };
}

/**
 * The official client with our connection settings.
 * @param patienceMs how long an overloaded cluster (429, 502 to 504) is asked again; bulk requests count their own tries
 */
export function createElasticsearchClient(config: Connection, { patienceMs = 0 } = {}): Client {
  return new Client({
    node: config.elasticsearchUrl,
    ...authOf(config),
    ...(config.elasticsearchCaFile ? { tls: { ca: readFileSync(config.elasticsearchCaFile) } } : {}),
    Transport: createPatientTransport(patienceMs),
    maxRetries: 2,
    requestTimeout: config.elasticsearchTimeout * 1000,
  });
}

function reasonOf(error: errors.ResponseError): string {
  const body = error.body as
    | { error?: { reason?: string; failed_shards?: { reason?: { reason?: string } }[] } }
    | undefined;
  return body?.error?.failed_shards?.[0]?.reason?.reason ?? body?.error?.reason ?? error.message;
}

function codeOf(error: errors.ResponseError): ErrorCode {
  if (error.statusCode === 401 || error.statusCode === 403) return 'ELASTICSEARCH_DENIED';
  return isOverload(error) ? 'ELASTICSEARCH_UNAVAILABLE' : 'ELASTICSEARCH_REFUSED';
}

/** An Elasticsearch failure as one an operator can act on; other errors pass through unchanged. */
export function toEarshotError(error: unknown, doing: string): unknown {
  if (error instanceof errors.ResponseError) {
    const code = codeOf(error);
    return new EarshotError(code, `Elasticsearch answered ${error.statusCode} while ${doing}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  if (error instanceof errors.ElasticsearchClientError) {
    return new EarshotError(
      'ELASTICSEARCH_UNAVAILABLE',
      `Elasticsearch did not answer while ${doing}: ${error.message}`,
      { cause: error },
    );
  }
  return error;
}
