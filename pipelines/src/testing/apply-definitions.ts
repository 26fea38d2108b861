// SPDX-License-Identifier: Apache-2.0
import { runEarshot } from '@earshot/e2e/support';

/** `earshot apply` with these settings. @throws Error with what it said when it failed */
export async function applyDefinitions(env: Readonly<Record<string, string>>): Promise<void> {
  const { code, stderr } = await runEarshot(['apply', '--yes'], { env });
  if (code !== 0) throw new Error(stderr);
}
