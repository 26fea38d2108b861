// SPDX-License-Identifier: Apache-2.0
import type { CommandContext } from '../command-context.ts';

/** Tells whoever interrupts a command what it still does, and how to end that too. */
export function announceDrain({ signal, reporter }: CommandContext): void {
  const text = 'Interrupted: what is under way is finished, the rest is left to the next run. A second time drops it.';
  signal.addEventListener('abort', () => reporter.warn(text), { once: true });
}
