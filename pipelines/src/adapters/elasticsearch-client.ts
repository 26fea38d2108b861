// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { Client, errors } from '@elastic/elasticsearch';
import type { Config } from '../config/load-config.ts';
import { EarshotError } from '../core/earshot-error.ts';

type Connection = Pick<
  Config,
  'elasticsearchUrl' | 'elasticsearchApiKey' | 'elasticsearchUsername' | 'elasticsearchPassword' | 'elasticsearchCaFile'
>;

type ClientOptions = ConstructorParameters<typeof Client>[0];

function authOf(config: Connection): Partial<ClientOptions> {
  if (config.elasticsearchApiKey) return { auth: { apiKey: config.elasticsearchApiKey } };
  if (!config.elasticsearchUsername) return {};
  return { auth: { username: config.elasticsearchUsername, password: config.elasticsearchPassword ?? '' } };
}

/** The official client with our connection settings. */
export function createElasticsearchClient(config: Connection): Client {
  return new Client({
    node: config.elasticsearchUrl,
    ...authOf(config),
    ...(config.elasticsearchCaFile ? { tls: { ca: readFileSync(config.elasticsearchCaFile) } } : {}),
    maxRetries: 2,
    requestTimeout: 30_000,
  });
}

function reasonOf(error: errors.ResponseError): string {
  const body = error.body as
    | { error?: { reason?: string; failed_shards?: { reason?: { reason?: string } }[] } }
    | undefined;
  return body?.error?.failed_shards?.[0]?.reason?.reason ?? body?.error?.reason ?? error.message;
}

/** An Elasticsearch failure as one an operator can act on; other errors pass through unchanged. */
export function toEarshotError(error: unknown, doing: string): unknown {
  if (error instanceof errors.ResponseError) {
    const denied = error.statusCode === 401 || error.statusCode === 403;
    const code = denied ? 'ELASTICSEARCH_DENIED' : 'ELASTICSEARCH_REFUSED';
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
