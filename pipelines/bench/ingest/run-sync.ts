// SPDX-License-Identifier: Apache-2.0
import { runEarshot } from '@earshot/e2e/support';

interface Finished {
  readonly counts: { readonly listed: number; readonly indexed: number };
}

/** Embeds and indexes everything anew. @throws Error when a recording is missing */
export async function runSync(
  env: Readonly<Record<string, string>>,
): Promise<{ readonly indexed: number; readonly seconds: number }> {
  const startedAt = performance.now();
  const { code, json, stderr } = await runEarshot(['sync', 'run', '--force', '--json'], { env });
  const seconds = (performance.now() - startedAt) / 1000;
  const { listed, indexed } = (json as Finished).counts;
  if (code !== 0 || indexed !== listed) throw new Error(`exit ${code}, ${indexed} of ${listed} indexed: ${stderr}`);
  return { indexed, seconds };
}
