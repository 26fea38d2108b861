// SPDX-License-Identifier: Apache-2.0

/** Stretches the first `count` values of `from` over all of `into`, linearly: point i lies at (i + ½)·count/points − ½. */
export function resampleInto(into: Float32Array, from: Float32Array, count: number): void {
  const step = count / into.length;
  const last = count - 1;
  for (let i = 0; i < into.length; i++) {
    const at = Math.min(last, Math.max(0, (i + 0.5) * step - 0.5));
    const low = Math.floor(at);
    const left = from[low] ?? 0;
    into[i] = left + ((from[Math.min(last, low + 1)] ?? 0) - left) * (at - low);
  }
}
