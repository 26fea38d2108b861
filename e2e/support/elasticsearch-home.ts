// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openCacheDir } from './cache-dir.ts';
import { findJavaHome } from './java-home.ts';

export const ELASTICSEARCH_VERSION = '9.4.3';

/** The home put together from archives (`fetchElasticsearchHome`); it need not exist yet. */
export const elasticsearchHome = (): string => join(openCacheDir(), 'elasticsearch', `${ELASTICSEARCH_VERSION}-rich`);

/** Why a server of our own cannot be started here, or undefined when it can. */
export function whyNoElasticsearchHome(): string | undefined {
  if (!existsSync(join(elasticsearchHome(), 'bin', 'elasticsearch')))
    return 'no Elasticsearch home in the cache (npm run demo and npm test fetch it)';
  if (!findJavaHome()) return 'no JDK 21 or later found (install one, or set ES_JAVA_HOME)';
  return undefined;
}
