// SPDX-License-Identifier: Apache-2.0
import { chooseVersions } from '@earshot/mappings/search';
import { decodePitch } from '@earshot/models/melody';
import type { QueryInput, QueryMelody, QueryVector } from '../../ports/search.ts';
import { EarshotError } from '../earshot-error.ts';
import { fittingVector, type SearchDeps, type SpaceTarget } from './query-plan.ts';

/** The tune to look for; ids that must not come back. */
export interface ResolvedMelody {
  readonly melody: QueryMelody;
  readonly excludeIds: readonly string[];
}

/** An indexed recording asks with some of its own windows and its own pitch. */
async function indexedMelody({ cluster }: SearchDeps, { alias }: SpaceTarget, id: string): Promise<QueryMelody> {
  const { segments, melody } = await cluster.melody(alias, id);
  const versions = chooseVersions(segments).flatMap((at) => {
    const segment = segments[at];
    return segment ? [{ start_ms: segment.start_ms, end_ms: segment.end_ms, vector: segment.embedding }] : [];
  });
  return { versions, pitch: decodePitch(melody.pitch), hopMs: melody.hop_ms };
}

/** Turns the input into the tune that a melody space is asked for. `vectors` are those of the recording, if one was given. */
export async function resolveMelody(
  deps: SearchDeps,
  target: SpaceTarget,
  { input, vectors }: { readonly input: QueryInput; readonly vectors: readonly QueryVector[] },
): Promise<ResolvedMelody> {
  const { id: space } = target.space.card;
  if (input.kind === 'id') return { melody: await indexedMelody(deps, target, input.id), excludeIds: [input.id] };
  if (input.kind === 'examples')
    throw new EarshotError('QUERY_INVALID', `Space ${space} compares tunes, which cannot be averaged`, {
      remedy: 'Search it with a recording, or with one indexed recording: --id.',
    });
  const { melody } = fittingVector(target, vectors);
  if (melody && melody.versions.length > 0) return { melody, excludeIds: [] };
  throw new EarshotError('QUERY_INVALID', `The query has a vector of space ${space}, but no tune`, {
    remedy: 'Use an inference service of the same version, and search with the recording again.',
  });
}
