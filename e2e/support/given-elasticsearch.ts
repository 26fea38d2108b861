// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';

export interface GivenElasticsearch {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The connection settings as exported, to be handed on. */
  readonly env: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const CONNECTION = ['URL', 'API_KEY', 'USERNAME', 'PASSWORD', 'CA_FILE'].map((name) => `ELASTICSEARCH_${name}`);

function readVariable(env: Environment, name: string): string | undefined {
  const file = env[`${name}_FILE`];
  return env[name] ?? (file ? readFileSync(file, 'utf8').trim() : undefined);
}

function authorisation(env: Environment): Record<string, string> {
  const key = readVariable(env, 'ELASTICSEARCH_API_KEY');
  if (key) return { authorization: `ApiKey ${key}` };
  const name = readVariable(env, 'ELASTICSEARCH_USERNAME');
  if (!name) return {};
  const pair = `${name}:${readVariable(env, 'ELASTICSEARCH_PASSWORD') ?? ''}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** The cluster that the user names in the environment, if any. */
export function givenElasticsearch(env: Environment): GivenElasticsearch | undefined {
  const url = readVariable(env, 'ELASTICSEARCH_URL');
  if (!url) return undefined;
  const names = CONNECTION.flatMap((name) => [name, `${name}_FILE`]);
  const exported = names.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  return { url: url.replace(/\/+$/, ''), headers: authorisation(env), env: Object.fromEntries(exported) };
}
