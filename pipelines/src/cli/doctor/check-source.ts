// SPDX-License-Identifier: Apache-2.0
import { createObjectStore } from '../../adapters/object-store.ts';
import type { SourceSettings } from '../../config/source-settings.ts';
import { errorKind } from '../../core/error-kinds.ts';
import type { CommandContext } from '../command-context.ts';
import { examine, type Finding } from './finding.ts';

/** Whether a source can be listed; the first object is enough. */
async function checkOne(source: SourceSettings, signal: AbortSignal): Promise<Finding[]> {
  const store = await createObjectStore(source);
  const name = `${source.id}: ${store.root}`;
  for await (const event of store.list({ signal })) {
    if (event.type === 'entry') return [{ area: 'source', state: 'ok', message: `${name} can be listed` }];
    if (!event.complete) {
      const { remedy, exitCode } = errorKind('SOURCE_UNAVAILABLE');
      const message = `${name} cannot be listed: ${event.reason ?? 'no reason given'}`;
      return [{ area: 'source', state: 'fail', message, remedy, exitCode }];
    }
  }
  const remedy = 'Check the folder or prefix.';
  return [{ area: 'source', state: 'info', message: `${name} holds nothing`, remedy }];
}

/** Every source; one that cannot be opened does not hide the others. */
export async function checkSource({ config, signal }: CommandContext): Promise<Finding[]> {
  if (config.sources.length === 0) {
    const { remedy } = errorKind('SOURCE_MISSING');
    return [{ area: 'source', state: 'info', message: 'not set: nothing to sync from', remedy }];
  }
  const findings = await Promise.all(config.sources.map((one) => examine('source', () => checkOne(one, signal))));
  return findings.flat();
}
