// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import type { SettingName } from './settings.ts';
import {
  byteSize,
  deleteMode,
  duration,
  globs,
  hostAndPort,
  name,
  positiveNumber,
  spaceIds,
  time,
  timeout,
  url,
  wholeNumber,
} from './value-schemas.ts';

/** Where an effective value came from. */
export type Origin = 'flag' | 'environment' | 'file' | 'default';
export type Origins = Readonly<Partial<Record<SettingName, Origin>>>;

export const topLevelSchema = z.strictObject({
  elasticsearchUrl: url,
  elasticsearchApiKey: z.string().optional(),
  elasticsearchUsername: z.string().optional(),
  elasticsearchPassword: z.string().optional(),
  elasticsearchCaFile: z.string().optional(),
  elasticsearchTimeout: timeout,
  kibanaUrl: url.optional(),
  kibanaApiKey: z.string().optional(),
  kibanaSpace: z.string().optional(),
  inferenceUrl: url,
  inferenceApiKey: z.string().optional(),
  inferenceTimeout: timeout,
  source: z.string().min(1).optional(),
  s3Endpoint: url.optional(),
  s3Region: z.string(),
  s3ForcePathStyle: z.stringbool().optional(),
  s3AccessKeyId: z.string().optional(),
  s3SecretAccessKey: z.string().optional(),
  s3SessionToken: z.string().optional(),
  s3Timeout: timeout,
  labels: z.string().min(1).optional(),
  include: globs.optional(),
  exclude: globs.optional(),
  minSize: byteSize.optional(),
  maxSize: byteSize.optional(),
  modifiedAfter: time.optional(),
  modifiedBefore: time.optional(),
  minAge: duration.optional(),
  maxAge: duration.optional(),
  sidecars: z.stringbool('must be true or false'),
  deleteMode,
  maxDelete: wholeNumber,
  deleteStrikes: positiveNumber,
  leaseSeconds: z.coerce.number().min(1).max(3600),
  library: name,
  space: spaceIds,
  modelsDir: z.string(),
  stateDir: z.string(),
  syncMemoryMb: z.coerce
    .number()
    .int()
    .min(8)
    .max(2 ** 20),
  syncSpoolMb: z.coerce
    .number()
    .int()
    .min(16)
    .max(2 ** 30),
  syncFetchAhead: z.coerce.number().int().min(1).max(48),
  listen: hostAndPort,
  watchToken: z.string().min(16, 'must have at least 16 characters').optional(),
  reconcileEvery: duration.refine((seconds) => seconds >= 1, 'must be at least a second'),
  debounce: duration,
  metricsPort: z.coerce.number().int().min(0).max(65_535).optional(),
  metricsHost: z.string().min(1),
  panelHost: z.string().min(1),
  panelPort: z.coerce.number().int().min(0).max(65_535),
  panelUrl: url,
  panelAuth: z
    .string()
    .regex(/^[^:]+:.+$/, 'must be user:password')
    .optional(),
});

/** Settings of the table, without the sources made of them. */
export interface TopLevel {
  readonly config: z.infer<typeof topLevelSchema>;
  readonly origins: Origins;
}
