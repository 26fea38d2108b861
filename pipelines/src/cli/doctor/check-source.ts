// SPDX-License-Identifier: Apache-2.0
import { createObjectStore } from '../../adapters/object-store.ts';
import { errorKind } from '../../core/error-kinds.ts';
import type { CommandContext } from '../command-context.ts';
import type { Finding } from './finding.ts';

/** Whether the source can be listed; the first object is enough. */
export async function checkSource({ config, signal }: CommandContext): Promise<Finding[]> {
  if (!config.source) {
    const { remedy } = errorKind('SOURCE_MISSING');
    return [{ area: 'source', state: 'info', message: 'not set: nothing to sync from', remedy }];
  }
  const store = await createObjectStore(config);
  for await (const event of store.list({ signal })) {
    if (event.type === 'entry') return [{ area: 'source', state: 'ok', message: `${store.root} can be listed` }];
    if (!event.complete) {
      const { remedy, exitCode } = errorKind('SOURCE_UNAVAILABLE');
      const message = `${store.root} cannot be listed: ${event.reason ?? 'no reason given'}`;
      return [{ area: 'source', state: 'fail', message, remedy, exitCode }];
    }
  }
  const remedy = 'Check the folder or prefix.';
  return [{ area: 'source', state: 'info', message: `${store.root} holds nothing`, remedy }];
}
