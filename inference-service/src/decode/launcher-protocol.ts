// SPDX-License-Identifier: Apache-2.0
import type { ChildEnd, ChildRequest } from './child-launch.ts';

/**
 * Messages between a service and the process that starts children for it. What a child writes does not pass through that
 * process: it connects a socket to the service for each stream, says in a line whose it is, and hands it to the child.
 */
export type ToLauncher =
  | { readonly type: 'start'; readonly id: number; readonly request: ChildRequest }
  | { readonly type: 'kill'; readonly id: number };

export type FromLauncher =
  | { readonly type: 'ended'; readonly id: number; readonly end: ChildEnd }
  | { readonly type: 'failed'; readonly id: number; readonly reason: string };

export type StreamName = 'stdout' | 'stderr';

/** First line on a socket. */
export const streamLine = (id: number, name: StreamName): string => `${id} ${name}\n`;
export const MOST_LINE_BYTES = 32;
