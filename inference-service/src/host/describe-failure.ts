// SPDX-License-Identifier: Apache-2.0

/** ONNX Runtime puts file, line and condition before what an operator can use. */
const SOURCE_LOCATION = /^.*\bwas false\.\s*/s;

/** A failure of the host as one line. */
export function describeFailure(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(SOURCE_LOCATION, '').replace(/\s+/g, ' ').trim();
}
