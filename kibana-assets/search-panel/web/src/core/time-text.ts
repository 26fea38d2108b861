// SPDX-License-Identifier: Apache-2.0

/** Seconds as `m:ss`; `–:––` while unknown. */
export function timeText(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–:––';
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** A matched window as `m:ss–m:ss`. */
export const spanText = ({ start_ms, end_ms }: { readonly start_ms: number; readonly end_ms: number }): string =>
  `${timeText(start_ms / 1000)}–${timeText(end_ms / 1000)}`;
