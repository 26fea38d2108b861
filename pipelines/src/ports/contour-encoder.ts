// SPDX-License-Identifier: Apache-2.0

/** Turns contours that were not taken from audio into vectors of a melody space. */
export interface ContourEncoder {
  /**
   * @param contours float32 [count × points], semitones
   * @returns float32 [count × dims], unit vectors
   * @throws EarshotError INFERENCE_UNAVAILABLE, INFERENCE_DENIED, INFERENCE_ANSWER_INVALID
   */
  encode(contours: Float32Array, signal: AbortSignal): Promise<Float32Array>;
}
