// SPDX-License-Identifier: Apache-2.0
import { bindPanelUrl, parseNdjson, toNdjson, validateBundle } from '@earshot/kibana-assets';
import type { Kibana } from '../ports/kibana.ts';
import { EarshotError } from './earshot-error.ts';
import { changedObjects } from './saved-objects-diff.ts';

const LOWEST_VERSION = [8, 19] as const;

export interface AppliedSavedObjects {
  readonly kibanaVersion: string;
  readonly total: number;
  /** `type:id` of what was missing or different. */
  readonly changed: readonly string[];
  readonly isDryRun: boolean;
}

function isOldVersion(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < LOWEST_VERSION[0] || (major === LOWEST_VERSION[0] && minor < LOWEST_VERSION[1]);
}

async function checkStatus(kibana: Kibana): Promise<string> {
  const { version, isAvailable } = await kibana.status();
  if (!isAvailable) throw new EarshotError('KIBANA_UNAVAILABLE', `Kibana ${version} says that it is not available yet`);
  if (isOldVersion(version))
    throw new EarshotError('KIBANA_TOO_OLD', `Kibana ${version} is too old for these saved objects`);
  return version;
}

const nameOf = ({ type, id }: { type: string; id: string }): string => `${type}:${id}`;

/**
 * Installs a bundle and reads it back; objects that are already so are left alone, foreign ones are never touched.
 * @throws EarshotError KIBANA_ASSETS_INVALID before anything is sent, KIBANA_REFUSED when nothing or not all was written
 */
export async function applySavedObjects(
  kibana: Kibana,
  ndjson: string,
  options: { readonly panelUrl: string; readonly isDryRun: boolean },
): Promise<AppliedSavedObjects> {
  const findings = validateBundle(ndjson);
  if (findings.length > 0) {
    const list = findings.map((finding) => `${finding.rule} ${finding.object}: ${finding.message}`).join('; ');
    throw new EarshotError('KIBANA_ASSETS_INVALID', `The bundle breaks ${findings.length} rules: ${list}`);
  }
  const kibanaVersion = await checkStatus(kibana);
  const ours = parseNdjson(bindPanelUrl(ndjson, options.panelUrl));
  const names = ours.map(({ type, id }) => ({ type, id }));
  const changed = changedObjects(ours, parseNdjson((await kibana.exportObjects(names)) ?? ''));
  const report = { kibanaVersion, total: ours.length, changed: changed.map(nameOf), isDryRun: options.isDryRun };
  if (changed.length === 0 || options.isDryRun) return report;
  const outcome = await kibana.importObjects(toNdjson(ours));
  if (!outcome.success) {
    const list = outcome.problems.map((problem) => `${nameOf(problem)}: ${problem.reason}`).join('; ');
    throw new EarshotError('KIBANA_REFUSED', `Kibana did not take the bundle; nothing may have been written: ${list}`);
  }
  const left = changedObjects(ours, parseNdjson((await kibana.exportObjects(names)) ?? ''));
  if (left.length === 0) return report;
  throw new EarshotError(
    'KIBANA_REFUSED',
    `Kibana took the bundle but gives back something else for ${left.map(nameOf).join(', ')}`,
  );
}
