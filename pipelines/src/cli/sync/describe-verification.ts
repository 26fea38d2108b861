// SPDX-License-Identifier: Apache-2.0
import Table from 'cli-table3';
import { LEAST_COSINE } from '../../core/sync/verify/compare-vectors.ts';
import { FINDING_KINDS, type Finding, type SpaceCheck, type VectorCheck } from '../../core/sync/verify/finding.ts';

function describeVectors(
  space: string,
  { embedded, identical, unread, min_cosine, max_difference }: VectorCheck,
): string {
  const compared =
    min_cosine === null
      ? ''
      : `; least cosine ${min_cosine.toFixed(7)} (allowed ${LEAST_COSINE}), largest difference ${max_difference ?? 0}`;
  const lost = unread > 0 ? `; ${unread} could not be fetched as indexed` : '';
  return `${space}: ${embedded} embedded again, ${identical} identical${compared}${lost}`;
}

/** What verifying showed, for people. */
export function describeVerification({
  checks,
  total,
  first,
}: {
  readonly checks: readonly SpaceCheck[];
  readonly total: number;
  readonly first: readonly Finding[];
}): string {
  const kinds = FINDING_KINDS.filter((kind) => checks.some(({ findings }) => findings[kind] > 0));
  const head = ['space', 'compared', 'same', 'known failures', 'filtered', ...kinds];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { space, compared, same, known_failures, filtered, findings } of checks)
    table.push([space, compared, same, known_failures, filtered, ...kinds.map((kind) => findings[kind])]);
  const more = total - first.length;
  return [
    table.toString(),
    ...checks.map(({ space, vectors }) => describeVectors(space, vectors)),
    ...first.map(({ kind, space, key, detail }) => `  ${kind}: ${key} (${space}): ${detail}`),
    ...(more > 0 ? [`  … and ${more} more: --json tells all`] : []),
    total === 0 ? 'No findings.' : `${total} finding(s).`,
  ].join('\n');
}
