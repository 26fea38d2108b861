// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DECODE_CONTRACT } from '../../src/decode-contract.ts';

const run = promisify(execFile);

/** FFMPEG_PATH, else the build in the cache, else the one on the PATH. */
export function findFfmpeg(env: NodeJS.ProcessEnv): string {
  if (env.FFMPEG_PATH) return env.FFMPEG_PATH;
  const cache = env.EARSHOT_CACHE_DIR ?? '.cache';
  const built = globSync('ffmpeg/**/ffmpeg', { cwd: cache }).sort().at(-1);
  return built && existsSync(join(cache, built)) ? join(cache, built) : 'ffmpeg';
}

/** A mono recording as float32 at `sampleRateHz`, resampled as the decode contract says. */
export async function decodeAudio(ffmpeg: string, path: string, sampleRateHz: number): Promise<Float32Array> {
  const [, ...options] = DECODE_CONTRACT.resampler.split(':');
  const filter = `aresample=${sampleRateHz}:${options.join(':')}`;
  const output = ['-f', 'f32le', '-c:a', 'pcm_f32le', 'pipe:1'];
  const { stdout } = await run(
    ffmpeg,
    ['-v', 'error', '-nostdin', '-i', path, '-map', '0:a:0', '-af', filter, ...output],
    {
      encoding: 'buffer',
      maxBuffer: 1 << 30,
    },
  );
  return new Float32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.byteLength));
}
