// SPDX-License-Identifier: Apache-2.0
import { S3Client } from '@aws-sdk/client-s3';
import type { S3Settings } from '../config/source-settings.ts';

export const S3_TIMEOUT_MS = 30_000;

/** More than fetches and listing together use: at the default of 50 a leaked body could stop the client. */
const MAX_SOCKETS = 64;

/**
 * The SDK's client with settings that make every timeout fire, and without retries, which are counted by us. With an endpoint of one's own, checksums are sent only
 * where required (others answer 411 to streamed checksums), and the bucket goes into the path.
 */
export function createS3Client(connection: S3Settings): S3Client {
  const { endpoint, accessKeyId, secretAccessKey = '', sessionToken } = connection;
  const checksums = endpoint ? 'WHEN_REQUIRED' : 'WHEN_SUPPORTED';
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS };
  return new S3Client({
    ...(endpoint ? { endpoint } : {}),
    region: connection.region,
    forcePathStyle: connection.forcePathStyle ?? Boolean(endpoint),
    ...(accessKeyId
      ? { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } }
      : {}),
    ...(connection.profile ? { profile: connection.profile } : {}),
    maxAttempts: 1,
    requestChecksumCalculation: checksums,
    responseChecksumValidation: checksums,
    requestHandler: {
      connectionTimeout: 3000,
      requestTimeout: connection.timeoutMs ?? S3_TIMEOUT_MS,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
}
