// SPDX-License-Identifier: Apache-2.0

/** Pitches that a byte can tell: 33 (55 Hz) to 96.5 (2.1 kHz) by a quarter of a semitone; all that frames can have. */
const LOWEST = 33;
const STEPS_PER_SEMITONE = 4;
const MOST = 255;

/**
 * A pitch track as text, for documents: base64 of one byte a frame, 0 where nothing is voiced, else
 * 1 + round((pitch - 33) · 4), clipped to 1…255.
 * @param pitch MIDI semitones a frame, NaN where nothing is voiced
 */
export function encodePitch(pitch: Float32Array): string {
  const bytes = Uint8Array.from(pitch, (value) => {
    if (Number.isNaN(value)) return 0;
    return Math.min(MOST, Math.max(1, 1 + Math.round((value - LOWEST) * STEPS_PER_SEMITONE)));
  });
  // One character at a time: a call with a hundred thousand arguments overflows the stack.
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/**
 * The track of such a text, to a quarter of a semitone.
 * @throws DOMException when it is no base64
 */
export function decodePitch(text: string): Float32Array {
  const bytes = atob(text);
  return Float32Array.from({ length: bytes.length }, (_, frame) => {
    const byte = bytes.charCodeAt(frame);
    return byte === 0 ? Number.NaN : LOWEST + (byte - 1) / STEPS_PER_SEMITONE;
  });
}
