// SPDX-License-Identifier: Apache-2.0
import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { FetchRefusal } from './fetch-refusal.ts';
import type { ObjectAddress } from './object-entry.ts';

export interface S3Connection {
  /** None: AWS. */
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly forcePathStyle: boolean | undefined;
  /** None: the SDK's own chain of credentials. */
  readonly accessKeyId: string | undefined;
  readonly secretAccessKey: string | undefined;
  readonly sessionToken: string | undefined;
}

export interface ObjectSource {
  open(object: ObjectAddress, options: { readonly maxBytes: number; readonly signal: AbortSignal }): Promise<Readable>;
}

type Sdk = typeof import('@aws-sdk/client-s3');

/** With every timeout made to fire; other stores than AWS' own get checksums only where the protocol demands them. */
function createClient({ S3Client: Client }: Sdk, connection: S3Connection): S3Client {
  const { endpoint, region, accessKeyId, secretAccessKey = '', sessionToken } = connection;
  const checksums = endpoint === undefined ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED';
  const credentials = { secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  return new Client({
    ...(endpoint === undefined ? {} : { endpoint }),
    region,
    forcePathStyle: connection.forcePathStyle ?? endpoint !== undefined,
    ...(accessKeyId === undefined ? {} : { credentials: { accessKeyId, ...credentials } }),
    maxAttempts: 2,
    requestChecksumCalculation: checksums,
    responseChecksumValidation: checksums,
    requestHandler: { connectionTimeout: 3000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  });
}

/** Objects of the configured store. The SDK is loaded at the first one: most services never need it. */
export function createObjectSource(connection: S3Connection): ObjectSource {
  let loading: Promise<{ readonly sdk: Sdk; readonly client: S3Client }> | undefined;
  const load = async (): Promise<{ readonly sdk: Sdk; readonly client: S3Client }> => {
    const sdk = await import('@aws-sdk/client-s3');
    return { sdk, client: createClient(sdk, connection) };
  };
  return {
    open: async ({ bucket, key }, { maxBytes, signal }) => {
      loading ??= load();
      const { sdk, client } = await loading;
      const answer = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
      if (!answer.Body) throw new FetchRefusal('fetch_failed', 'an answer without a body');
      // In Node the body is the incoming message.
      const body = answer.Body as Readable;
      if ((answer.ContentLength ?? 0) <= maxBytes) return body;
      body.on('error', () => undefined);
      body.destroy();
      throw new FetchRefusal('audio_too_large', `${answer.ContentLength} bytes`);
    },
  };
}
