// SPDX-License-Identifier: Apache-2.0

export interface ElasticsearchCapabilities {
  readonly version: string;
  readonly licence: string;
  readonly modules: readonly string[];
  readonly ingestProcessors: readonly string[];
}

interface Nodes<T> {
  readonly nodes: Readonly<Record<string, T & { readonly version: string }>>;
}

async function ask<T>(url: string, headers: Readonly<Record<string, string>>): Promise<T> {
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(15_000) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return (await answer.json()) as T;
}

/** What a server says it can do; gates of tests and of the demo ask this, never the version alone. */
export async function readCapabilities(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<ElasticsearchCapabilities> {
  const [plugins, ingest, licence] = await Promise.all([
    ask<Nodes<{ modules: { name: string }[] }>>(`${url}/_nodes/plugins`, headers),
    ask<Nodes<{ ingest?: { processors: { type: string }[] } }>>(`${url}/_nodes/ingest`, headers),
    ask<{ license: { type: string } }>(`${url}/_license`, headers),
  ]);
  const first = Object.values(plugins.nodes)[0];
  return {
    version: first?.version ?? 'unknown',
    licence: licence.license.type,
    modules: (first?.modules ?? []).map(({ name }) => name).sort(),
    ingestProcessors: (Object.values(ingest.nodes)[0]?.ingest?.processors ?? []).map(({ type }) => type).sort(),
  };
}
