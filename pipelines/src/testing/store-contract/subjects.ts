// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import {
  fakeObject,
  makeTempDir,
  type RunningObjectStore,
  startCephRgw,
  startS3Fake,
  startVersitygw,
  whyNoCephRgw,
  whyNoVersitygw,
} from '@earshot/e2e/support';
import { createFolderObjectStore } from '../../adapters/folder-object-store.ts';
import { createS3Client } from '../../adapters/s3-client.ts';
import { createS3ObjectStore } from '../../adapters/s3-object-store.ts';
import type { StoreRoom, StoreSubject } from './store-case.ts';

function folderRoom(folder: string): StoreRoom {
  mkdirSync(folder);
  const put = async (key: string, content: string | Buffer): Promise<void> => {
    mkdirSync(dirname(join(folder, key)), { recursive: true });
    writeFileSync(join(folder, key), content);
  };
  return {
    store: createFolderObjectStore({ id: 'test', folder }),
    put,
    remove: async (key) => rmSync(join(folder, key)),
    below: () => {
      throw new Error('a declared gap');
    },
    putInParts: put,
    putHuge: async (key, size) => {
      await put(key, '');
      truncateSync(join(folder, key), size);
    },
  };
}

const PATHS = 'a path of a file system holds neither empty parts nor parts of dots';
const ONE_NAME = 'a file system holds one file or folder under a name';

const folder: StoreSubject = {
  name: 'folder',
  skip: undefined,
  gaps: {
    'double-slash': PATHS,
    'leading-slash': PATHS,
    dots: PATHS,
    'file-and-folder': ONE_NAME,
    'folder-marker': 'folders are no objects',
    prefix: 'a folder is its own prefix',
    'odd-prefix': 'a folder is its own prefix',
    multipart: 'files have no ETags of parts',
  },
  start: async () => {
    const dir = makeTempDir('store');
    let n = 0;
    return {
      fresh: async () => folderRoom(join(dir, String(n++))),
      stop: async () => rmSync(dir, { recursive: true }),
    };
  },
};

const PART = 5 << 20;

async function uploadInParts(client: S3Client, at: { Bucket: string; Key: string }, content: Buffer): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(at));
  const Parts = [];
  for (let i = 0; i * PART < content.length; i++) {
    const PartNumber = i + 1;
    const Body = content.subarray(i * PART, (i + 1) * PART);
    const { ETag } = await client.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body }));
    Parts.push({ PartNumber, ETag });
  }
  await client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
}

type MakeHuge = (at: { readonly bucket: string; readonly key: string; readonly size: number }) => void;

/** Rooms of an S3 server: a bucket each. */
async function startS3(server: RunningObjectStore, makeHuge?: MakeHuge) {
  const client = createS3Client(server);
  let n = 0;
  async function fresh(): Promise<StoreRoom> {
    const Bucket = `bucket-${n++}`;
    await client.send(new CreateBucketCommand({ Bucket }));
    const below = (prefix: string) => createS3ObjectStore({ id: 'test', bucket: Bucket, prefix, connection: server });
    const put = async (Key: string, Body: string | Buffer): Promise<void> => {
      await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength: Buffer.byteLength(Body) }));
    };
    return {
      store: below(''),
      put,
      remove: async (Key) => {
        await client.send(new DeleteObjectCommand({ Bucket, Key }));
      },
      below,
      putInParts: (Key, content) => uploadInParts(client, { Bucket, Key }, content),
      putHuge: async (key, size) => {
        await put(key, 'x');
        makeHuge?.({ bucket: Bucket, key, size });
      },
      connection: server,
    };
  }
  const stop = async (): Promise<void> => {
    client.destroy();
    await server.stop();
  };
  return { fresh, stop };
}

const versitygw: StoreSubject = {
  name: 'versitygw',
  skip: whyNoVersitygw(),
  gaps: {
    'double-slash': PATHS,
    'leading-slash': PATHS,
    dots: PATHS,
    'file-and-folder': ONE_NAME,
    control: 'it lists keys unencoded, and XML holds no control characters',
  },
  start: async () => {
    const server = await startVersitygw();
    return startS3(server, ({ bucket, key, size }) => {
      const path = join(server.dataDir, bucket, key);
      truncateSync(path, 0);
      truncateSync(path, size);
    });
  },
};

const cephRgw: StoreSubject = {
  name: 'Ceph RGW',
  skip: whyNoCephRgw(),
  gaps: { huge: 'this one keeps its objects in memory' },
  start: async () => startS3(await startCephRgw()),
};

const fake: StoreSubject = {
  name: 'fault server',
  skip: undefined,
  gaps: { multipart: 'it takes no uploads in parts' },
  start: async () => {
    const server = await startS3Fake();
    return startS3(server, ({ bucket, key, size }) => server.buckets.get(bucket)?.set(key, fakeObject(size)));
  },
};

export const STORE_SUBJECTS: readonly StoreSubject[] = [folder, versitygw, cephRgw, fake];
