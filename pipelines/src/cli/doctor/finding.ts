// SPDX-License-Identifier: Apache-2.0
import { EarshotError } from '../../core/earshot-error.ts';
import { EXIT } from '../../core/exit-codes.ts';

/** One line of `earshot doctor`. */
export interface Finding {
  readonly area: 'elasticsearch' | 'definitions' | 'inference' | 'source' | 'kibana';
  /** `info`: nothing wrong, but something is left out. */
  readonly state: 'ok' | 'info' | 'fail';
  readonly message: string;
  readonly remedy?: string;
  /** Exit code that this failure asks for. */
  readonly exitCode?: number;
}

/** Runs one check; what it throws becomes its failure. */
export async function examine(area: Finding['area'], check: () => Promise<readonly Finding[]>): Promise<Finding[]> {
  try {
    return [...(await check())];
  } catch (error) {
    if (!(error instanceof EarshotError)) throw error;
    return [{ area, state: 'fail', message: error.message, remedy: error.remedy, exitCode: error.exitCode }];
  }
}

/** What is wrong for good comes before what may pass: settings, then refusals, then services that do not answer. */
const PRECEDENCE = [EXIT.internal, EXIT.usage, EXIT.refused, EXIT.unavailable] as const;

/** 0 when nothing failed. */
export function exitCodeOf(findings: readonly Finding[]): number {
  const codes = new Set(findings.filter(({ state }) => state === 'fail').map(({ exitCode }) => exitCode));
  return PRECEDENCE.find((code) => codes.has(code)) ?? (codes.size > 0 ? EXIT.internal : EXIT.done);
}
