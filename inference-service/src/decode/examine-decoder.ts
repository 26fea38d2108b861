// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { launchHere } from './child-launch.ts';
import type { Decoder } from './decoder.ts';
import type { DecoderCandidate } from './decoder-candidates.ts';
import { checkGoldenSet } from './golden-set.ts';
import { probeProcessLimits } from './process-limits.ts';

const run = promisify(execFile);

/** A candidate that may serve, or why it may not. */
export type Examination =
  | { readonly decoder: Decoder }
  | { readonly candidate: DecoderCandidate; readonly reasons: readonly string[] };

/** Before version 9 no ffmpeg cuts off AAC's padding; such a decoder may serve everything else. */
const AAC_CLIP = 'm4a-padded.m4a';

async function versionOf(path: string): Promise<string> {
  const { stdout } = await run(path, ['-hide_banner', '-version'], { timeout: 10_000 });
  const version = /^ffmpeg version (\S+)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error('it does not introduce itself as ffmpeg');
  return version;
}

/** Starts a candidate and has it decode the golden set. */
export async function examineDecoder(candidate: DecoderCandidate): Promise<Examination> {
  const { path, source } = candidate;
  let version: string;
  try {
    version = await versionOf(path);
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { candidate, reasons: [`cannot be run: ${reason}`] };
  }
  const limits = await probeProcessLimits(path);
  const decoder = { path, version, source, refuses: [], limits, launch: launchHere };
  const failures = await checkGoldenSet(decoder);
  if (failures.every(({ file }) => file === AAC_CLIP)) {
    return { decoder: { ...decoder, refuses: failures.length === 0 ? [] : ['aac'] } };
  }
  return { candidate, reasons: failures.map(({ file, reason }) => `version ${version}, ${file}: ${reason}`) };
}
