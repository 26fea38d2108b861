// SPDX-License-Identifier: Apache-2.0

/** Where Elasticsearch itself finds the vector. */
export interface VectorLookup {
  readonly index: string;
  readonly id: string;
  readonly path: string;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function foldKnn(knn: Readonly<Record<string, unknown>>, lookup: VectorLookup | undefined): object {
  if (!('query_vector' in knn)) return knn;
  const { query_vector: _, field, ...rest } = knn;
  const source = lookup ? { query_vector_builder: { lookup } } : { query_vector: '<vector>' };
  return { field, ...source, ...rest };
}

/**
 * A request without its vector, for people: a stored query's vector becomes a lookup that runs as it is in Dev Tools;
 * where that is not possible (exact searches, Elasticsearch before 9.4) `<vector>` stands in its place.
 */
export function foldVectors(request: unknown, lookup?: VectorLookup): unknown {
  if (Array.isArray(request)) return request.map((item) => foldVectors(item, lookup));
  if (!isObject(request)) return request;
  return Object.fromEntries(
    Object.entries(request).map(([key, value]) => {
      if (key === 'knn' && isObject(value)) return [key, foldKnn(value, lookup)];
      if (key === 'params' && isObject(value) && Array.isArray(value.q)) return [key, { ...value, q: '<vector>' }];
      return [key, foldVectors(value, lookup)];
    }),
  );
}
