// SPDX-License-Identifier: Apache-2.0
import type { Decoder } from '../decoder.ts';
import { findDecoder } from '../find-decoder.ts';

interface TestDecoder {
  readonly decoder: Decoder | undefined;
  /** Why there is none, in one line for the title of a skipped suite; empty when there is one. */
  readonly reason: string;
}

/** The decoder of this machine, as the service would find it. */
export async function findTestDecoder(): Promise<TestDecoder> {
  try {
    return { decoder: await findDecoder(process.env), reason: '' };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error);
    return { decoder: undefined, reason: `skipped: ${reason}` };
  }
}
