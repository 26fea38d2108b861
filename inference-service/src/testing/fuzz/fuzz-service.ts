// SPDX-License-Identifier: Apache-2.0
import { type SpawnedService, spawnService } from '../spawn-service.ts';
import { writeTinySpace } from '../tiny-space.ts';

/** A service with a tiny space beside the shipped one, and limits low enough to be met. */
export async function startFuzzedService(modelsDir: string): Promise<SpawnedService> {
  writeTinySpace(modelsDir);
  const service = await spawnService({
    EARSHOT_MODELS_DIR: modelsDir,
    EARSHOT_MAX_UPLOAD_BYTES: '1000000',
    EARSHOT_MAX_AUDIO_SECONDS: '600',
    EARSHOT_CACHE_BYTES: '4000000',
    EARSHOT_LOG_LEVEL: 'warn',
  });
  await service.waitUntilReady();
  return service;
}
