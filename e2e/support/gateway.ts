// SPDX-License-Identifier: Apache-2.0
import { type LaunchOptions, type ListeningProcess, startListening } from './listening-process.ts';

/** Starts the gateway with the panel on a free loopback port; `env` names Elasticsearch and the inference service. */
export const startGateway = (options: LaunchOptions = {}): Promise<ListeningProcess> =>
  startListening({
    ...options,
    name: 'the panel',
    main: 'kibana-assets/search-panel/gateway/main.ts',
    addressLine: /^earshot panel listening on (http:\S+)/m,
    readyPath: '/api/status',
    env: { EARSHOT_PANEL_PORT: '0', ...options.env },
  });
