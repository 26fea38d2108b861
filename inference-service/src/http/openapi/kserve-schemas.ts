// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/** Answers of the Open Inference Protocol. */

const tensorMetadata = z.strictObject({
  name: z.string(),
  datatype: z.literal('FP32'),
  shape: z.array(z.int()).describe('-1 is the number of windows or contours'),
});

export const serverMetadata = z.strictObject({
  name: z.string(),
  version: z.string(),
  extensions: z.array(z.string()),
});

export const modelMetadata = z.strictObject({
  name: z.string(),
  versions: z.array(z.string()),
  platform: z.string(),
  inputs: z.array(tensorMetadata),
  outputs: z.array(tensorMetadata),
  parameters: z.strictObject({ sample_rate: z.int().positive().exactOptional(), fingerprint: z.string() }),
});

export const modelReady = z.strictObject({ name: z.string(), ready: z.literal(true) });

export const modelNotReady = z.strictObject({ name: z.string(), ready: z.literal(false), error: z.string() });

export const serverReadiness = z.strictObject({ live: z.literal(true), ready: z.boolean() });

export const inferResponse = z.strictObject({
  model_name: z.string(),
  model_version: z.string(),
  id: z.string().exactOptional(),
  parameters: z.strictObject({ fingerprint: z.string() }),
  outputs: z.array(
    z.strictObject({
      name: z.string(),
      datatype: z.literal('FP32'),
      shape: z.array(z.int().nonnegative()),
      parameters: z.strictObject({ binary_data_size: z.int().nonnegative() }).exactOptional(),
      data: z.array(z.number()).exactOptional().describe('Row by row, unless the tensor follows in binary'),
    }),
  ),
});
