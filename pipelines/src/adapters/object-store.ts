// SPDX-License-Identifier: Apache-2.0
import type { SourceSettings } from '../config/source-settings.ts';
import { EarshotError } from '../core/earshot-error.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { createFolderObjectStore } from './folder-object-store.ts';

type Settings = Pick<SourceSettings, 'id' | 'location' | 's3'>;

/**
 * The object store of a source: a folder, or `s3://bucket/prefix`. The AWS SDK is loaded for the latter only.
 * @throws EarshotError SOURCE_UNREADABLE
 */
export async function createObjectStore({ id, location, s3 }: Settings): Promise<ObjectStore> {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(location) ?? [];
  if (bucket === undefined) {
    if (/^[a-z0-9]+:\/\//i.test(location) && !location.startsWith('file://'))
      throw new EarshotError('SOURCE_UNREADABLE', `The source ${location} is neither a folder nor s3://bucket/prefix`);
    return createFolderObjectStore({ id, folder: location.replace(/^file:\/\//, '') });
  }
  const { createS3ObjectStore } = await import('./s3-object-store.ts');
  return createS3ObjectStore({ id, bucket, prefix, connection: s3 });
}
