// SPDX-License-Identifier: Apache-2.0
import type { JsonObject } from '@earshot/mappings/definitions';
import type { ClusterSnapshot } from '../../ports/definition-cluster.ts';
import type { ApplyPlan, PlannedStep } from './apply-plan.ts';
import { isOwned, planDefinition } from './plan-definition.ts';
import { planIndex } from './plan-index.ts';
import { type Wanted, wantedDefinitions } from './wanted-definitions.ts';
import type { WantedSpace } from './wanted-space.ts';

/** A space whose fingerprint changed under an index of any library: its shared pipeline and templates must stay. */
function fingerprintConflicts(spaces: readonly WantedSpace[], { indices }: ClusterSnapshot): PlannedStep[] {
  return spaces.flatMap(({ card, fingerprint }) =>
    [...indices]
      .filter(([, index]) => isOwned(index.mappings))
      .map(([name, index]) => ({ name, meta: index.mappings._meta as JsonObject }))
      .filter(({ meta }) => meta.space === card.id && meta.fingerprint !== fingerprint)
      .map(({ name, meta }) => ({
        kind: 'index' as const,
        name,
        effect: 'blocked' as const,
        reasons: [
          `holds vectors of ${card.id} with fingerprint ${String(meta.fingerprint)}; the card now has ${fingerprint}. ` +
            'Give the changed card a new version: it gets an index of its own beside this one',
        ],
      })),
  );
}

function planStreams(names: readonly string[], { dataStreams }: ClusterSnapshot): PlannedStep[] {
  if (!dataStreams) return [];
  return names.map((name): PlannedStep => {
    const stored = dataStreams.get(name);
    const request = { method: 'PUT', path: `/_data_stream/${name}` } as const;
    if (!stored) return { kind: 'data_stream', name, effect: 'create', reasons: [], request };
    if (isOwned(stored)) return { kind: 'data_stream', name, effect: 'unchanged', reasons: [] };
    return { kind: 'data_stream', name, effect: 'foreign', reasons: ['made from a template that is not ours'] };
  });
}

/** What has to be done so that the cluster has what is wanted; nothing when it already has. */
export function planApply(wanted: Wanted, snapshot: ClusterSnapshot): ApplyPlan {
  const { definitions, indices, dataStreams } = wantedDefinitions(wanted, snapshot);
  const conflicts = fingerprintConflicts(wanted.spaces, snapshot);
  const conflicting = new Set(conflicts.map(({ name }) => name));
  return [
    ...definitions.map((definition) => planDefinition(definition, snapshot)),
    ...indices.flatMap((index) => planIndex(index, snapshot)).filter(({ name }) => !conflicting.has(name)),
    ...conflicts,
    ...planStreams(dataStreams, snapshot),
  ];
}
