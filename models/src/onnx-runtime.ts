// SPDX-License-Identifier: Apache-2.0
import type { InferenceSession as Session } from 'onnxruntime-node';

/**
 * The one door to ONNX Runtime. Its Linux build reports usage to its maker as soon as it is loaded, and leaves a log
 * file in the temporary folder, unless this variable stands before; recordings and their users are nobody's business.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';

export const { InferenceSession, Tensor } = await import('onnxruntime-node');
export type InferenceSession = Session;
export type SessionOptions = Session.SessionOptions;
