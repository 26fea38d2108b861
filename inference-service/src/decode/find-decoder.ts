// SPDX-License-Identifier: Apache-2.0
import { DecodeError } from './decode-error.ts';
import type { Decoder } from './decoder.ts';
import { decoderCandidates } from './decoder-candidates.ts';
import { examineDecoder } from './examine-decoder.ts';

const REMEDY =
  'Run `npm run build:ffmpeg` (about a minute, needs gcc and make), or set FFMPEG_PATH to an ffmpeg of version 9 or later.';

/**
 * The decoder of this service: the first candidate that passes the whole golden set, else the first that fails for
 * AAC alone (recorded in `refuses`).
 * @throws DecodeError not_ready, naming every candidate with its reasons and the remedy
 */
export async function findDecoder(env: Readonly<Record<string, string | undefined>>): Promise<Decoder> {
  const rejected: string[] = [];
  let withoutAac: Decoder | undefined;
  for (const candidate of await decoderCandidates(env)) {
    const result = await examineDecoder(candidate);
    if ('reasons' in result) rejected.push(`${candidate.source} ${candidate.path}: ${result.reasons.join('; ')}`);
    else if (result.decoder.refuses.length === 0) return result.decoder;
    else withoutAac ??= result.decoder;
  }
  if (withoutAac !== undefined) return withoutAac;
  const reasons = rejected.length === 0 ? ['No ffmpeg was found.'] : ['No usable ffmpeg was found.', ...rejected];
  throw new DecodeError('not_ready', `${reasons.join('\n  ')}\n${REMEDY}`);
}
