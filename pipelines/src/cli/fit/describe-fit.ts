// SPDX-License-Identifier: Apache-2.0
import type { UnreadableRecording } from '../../core/fit/collect-clips.ts';
import type { RunEvent } from '../../ports/reporter.ts';

/** What the program that fits says at its end. */
export interface FittedEvent extends RunEvent {
  readonly event: 'fitted';
  readonly space: string;
  /** False when these very constants lie there already. */
  readonly isNew: boolean;
  /** False with --dry-run. */
  readonly isWritten: boolean;
  readonly fingerprint: string;
  readonly seconds: number;
  /** The report in Markdown. */
  readonly text: string;
  /** Where it was written, as Markdown and as JSON; empty with --dry-run. */
  readonly files: readonly string[];
  readonly report: { readonly verdict: { readonly isWorthSwitching: boolean; readonly text: string } };
}

interface FitResult extends FittedEvent {
  readonly unreadable: readonly UnreadableRecording[];
  readonly silent: number;
  readonly copies: number;
}

function stateOf({ space, isNew, isWritten, fingerprint, seconds }: FitResult): string {
  if (!isNew) return `${space}  is fitted to these clips already: nothing new; fingerprint ${fingerprint}`;
  if (!isWritten) return `${space}  would be the next version; nothing was written`;
  return `${space}  fitted in ${seconds} s, fingerprint ${fingerprint}`;
}

/** The result for people: report, where it lies, what to do next. */
export function describeFit(result: FitResult): string {
  const { space, text, files, isWritten, unreadable, silent, copies, report } = result;
  const left = [
    [unreadable.length, 'could not be read'],
    [silent, 'silent'],
    [copies, 'copies'],
  ].flatMap(([count, what]) => (count ? [`${count} ${what}`] : []));
  const next = `EARSHOT_SPACE=${space}: load the space into the inference service or restart it, then earshot apply, earshot sync run; spectral-1 stays until you remove it`;
  return [
    text.trimEnd(),
    '',
    stateOf(result),
    ...(left.length > 0 ? [`left out ${left.join(', ')}`] : []),
    ...(files.length > 0 ? [`report   ${files.join(', ')}`] : []),
    ...(isWritten && report.verdict.isWorthSwitching ? [`next     ${next}`] : []),
    ...(isWritten && !report.verdict.isWorthSwitching ? [`next     nothing; to use it all the same: ${next}`] : []),
  ].join('\n');
}
