// SPDX-License-Identifier: Apache-2.0
import { type LaunchOptions, type ListeningProcess, startListening } from './listening-process.ts';

/** Starts the inference service on a free loopback port; ready when its canary inference has matched. */
export const startInferenceService = (options: LaunchOptions = {}): Promise<ListeningProcess> =>
  startListening({
    ...options,
    name: 'the inference service',
    main: 'inference-service/src/main.ts',
    addressLine: /^earshot inference listening on (http:\S+)/m,
    readyPath: '/health/ready',
    env: { EARSHOT_INFERENCE_PORT: '0', ...options.env },
  });
