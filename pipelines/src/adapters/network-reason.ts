// SPDX-License-Identifier: Apache-2.0

/** undici wraps the socket's error ("fetch failed"); the text of its cause is the one that tells. */
export function networkReason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
