// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, PreparationError, REPOSITORY_ROOT, runTool, type Say } from '@earshot/e2e/support';

const SERVICE = join(REPOSITORY_ROOT, 'inference-service');

/** Asks the service's own check; `complete` means that AAC, too, is decoded exactly. */
async function examine(): Promise<{ isUsable: boolean; isComplete: boolean; report: string }> {
  const script = join(SERVICE, 'src/decode/check-decoder.ts');
  const { code, output } = await runTool(process.execPath, ['--disable-warning=ExperimentalWarning', script]);
  return { isUsable: code === 0, isComplete: code === 0 && !output.includes(', except '), report: output.trim() };
}

/**
 * A decoder that passes the golden set: one at hand, else our minimal build, made now.
 * @throws PreparationError when there is none and none can be built
 */
export async function prepareDecoder(say: Say): Promise<void> {
  const before = await examine();
  if (before.isComplete || process.env.FFMPEG_PATH) {
    if (!before.isUsable)
      throw new PreparationError(before.report, 'Unset FFMPEG_PATH to have a decoder built, or point it at ffmpeg 9.');
    return say(before.report);
  }
  const version = readFileSync(join(SERVICE, 'ffmpeg/VERSION'), 'utf8').trim();
  say('no decoder here passes the golden set: building a minimal ffmpeg (about a minute)');
  const build = await runTool('sh', [join(SERVICE, 'ffmpeg/build.sh'), join(cacheDir(), 'ffmpeg', version)], {
    isShown: true,
  });
  const after = await examine();
  if (after.isUsable) return say(after.report);
  const remedy =
    'Install gcc, make and nasm (apt-get install gcc libc6-dev make nasm), or set FFMPEG_PATH to ffmpeg 9.';
  throw new PreparationError(build.code === 0 ? after.report : 'the minimal ffmpeg could not be built', remedy);
}
