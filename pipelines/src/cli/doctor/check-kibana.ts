// SPDX-License-Identifier: Apache-2.0
import { createHttpKibana } from '../../adapters/http-kibana.ts';
import { errorKind } from '../../core/error-kinds.ts';
import type { CommandContext } from '../command-context.ts';
import type { Finding } from './finding.ts';

export async function checkKibana({ config }: CommandContext): Promise<Finding[]> {
  if (!config.kibanaUrl)
    return [
      { area: 'kibana', state: 'info', message: 'not set: no dashboards', remedy: 'Set KIBANA_URL to use them.' },
    ];
  const { version, isAvailable } = await createHttpKibana(config).status();
  if (isAvailable) return [{ area: 'kibana', state: 'ok', message: `${version} at ${config.kibanaUrl}` }];
  const { remedy, exitCode } = errorKind('KIBANA_UNAVAILABLE');
  return [
    { area: 'kibana', state: 'fail', message: `${version} at ${config.kibanaUrl} is not ready`, remedy, exitCode },
  ];
}
