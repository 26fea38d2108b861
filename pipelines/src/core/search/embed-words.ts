// SPDX-License-Identifier: Apache-2.0
import type { EmbedFailure } from '../../ports/embedder.ts';
import type { EmbeddedQuery } from '../../ports/search.ts';
import { EarshotError } from '../earshot-error.ts';
import { knownSpace, type SearchDeps } from './query-plan.ts';

/** @throws EarshotError QUERY_INVALID naming the first space that takes no words, and those that do */
function assertWordsTaken({ spaces }: Pick<SearchDeps, 'spaces'>, ids: readonly string[]): void {
  const deaf = ids.find((id) => !knownSpace(spaces, id).card.acceptsText);
  if (deaf === undefined) return;
  const textual = [...spaces.values()].filter(({ card }) => card.acceptsText).map(({ card }) => card.id);
  throw new EarshotError('QUERY_INVALID', `Space ${deaf} embeds sound, not words`, {
    remedy:
      textual.length > 0
        ? `Search ${textual.join(', ')} by text: --space ${textual[0]}.`
        : 'Search with a recording or --id, or add a space for words: earshot models add clap-htsat --dir DIR.',
  });
}

function failureOf(space: string, { state, code, message }: EmbedFailure): EarshotError {
  return state === 'poison'
    ? new EarshotError('QUERY_INVALID', `The words cannot be embedded in ${space} (${code}): ${message}`)
    : new EarshotError('INFERENCE_UNAVAILABLE', `The inference service did not answer (${code}): ${message}`);
}

/** Vectors of words, one a space, by the same service that embeds recordings. */
export async function embedWords(
  { spaces: known, embedder }: Pick<SearchDeps, 'spaces' | 'embedder'>,
  text: string,
  { spaces, signal }: { readonly spaces: readonly string[]; readonly signal?: AbortSignal | undefined },
): Promise<EmbeddedQuery> {
  if (text.trim() === '') throw new EarshotError('QUERY_INVALID', 'There are no words to search for');
  assertWordsTaken({ spaces: known }, spaces);
  const startedAt = performance.now();
  const vectors = await Promise.all(
    spaces.map(async (space) => {
      const outcome = await embedder.embedText({ text, model: space, signal });
      if (outcome.state !== 'embedded') throw failureOf(space, outcome);
      return { space, fingerprint: outcome.fingerprint, vector: outcome.vector };
    }),
  );
  return { vectors, durationMs: 0, peaks: [], decodeMs: 0, embedMs: performance.now() - startedAt };
}
