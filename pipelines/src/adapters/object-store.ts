// SPDX-License-Identifier: Apache-2.0
import type { Config } from '../config/load-config.ts';
import { EarshotError } from '../core/earshot-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { createFolderObjectStore } from './folder-object-store.ts';

type Settings = Pick<
  Config,
  'source' | 's3Endpoint' | 's3Region' | 's3ForcePathStyle' | 's3AccessKeyId' | 's3SecretAccessKey'
>;

/** Source id when the source comes from EARSHOT_SOURCE alone. */
export const DEFAULT_SOURCE_ID = 'default';

/**
 * The object store that `source` names: a folder, or `s3://bucket/prefix`. The AWS SDK is loaded for the latter only.
 * @throws EarshotError SOURCE_MISSING, SOURCE_UNREADABLE
 */
export async function createObjectStore(settings: Settings): Promise<ObjectStore> {
  const { source } = settings;
  if (!source) throw new EarshotError('SOURCE_MISSING', 'No source is set');
  const s3 = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(source);
  if (!s3) {
    if (/^[a-z0-9]+:\/\//i.test(source) && !source.startsWith('file://'))
      throw new EarshotError('SOURCE_UNREADABLE', `The source ${source} is neither a folder nor s3://bucket/prefix`);
    return createFolderObjectStore({ id: DEFAULT_SOURCE_ID, folder: source.replace(/^file:\/\//, '') });
  }
  const { createS3ObjectStore } = await import('./s3-object-store.ts');
  return createS3ObjectStore({
    id: DEFAULT_SOURCE_ID,
    bucket: s3[1] ?? '',
    prefix: s3[2] ?? '',
    connection: {
      endpoint: settings.s3Endpoint,
      region: settings.s3Region,
      forcePathStyle: settings.s3ForcePathStyle,
      accessKeyId: settings.s3AccessKeyId,
      secretAccessKey: settings.s3SecretAccessKey,
    },
  });
}
