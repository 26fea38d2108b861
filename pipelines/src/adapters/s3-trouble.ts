// SPDX-License-Identifier: Apache-2.0
import { S3ServiceException } from '@aws-sdk/client-s3';
import { EarshotError } from '../core/earshot-error.ts';
import { ObjectStoreError, type ObjectTrouble } from '../ports/object-store.ts';

const BY_STATUS: Readonly<Record<number, ObjectTrouble>> = { 403: 'denied', 404: 'vanished', 412: 'changed' };

/** The last one is versitygw's name for an unknown key. */
const REFUSED_CREDENTIALS = new Set(['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'XAdminUserNotFound']);

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;

/** A fault of the settings, not of one object: no bucket, another region, no credentials. */
export function s3ConfigurationError(error: unknown, bucket: string): EarshotError | undefined {
  const name = error instanceof Error ? error.name : '';
  const say = (text: string, remedy: string): EarshotError =>
    new EarshotError('SOURCE_UNREADABLE', `s3://${bucket}: ${text}`, { cause: error, remedy });
  if (name === 'NoSuchBucket')
    return say('there is no such bucket', 'Check the name in EARSHOT_SOURCE and S3_ENDPOINT.');
  if (statusOf(error) === 301 || name === 'PermanentRedirect' || name === 'AuthorizationHeaderMalformed')
    return say('the bucket lies in another region', 'Set S3_REGION to the region of the bucket.');
  if (name === 'CredentialsProviderError')
    return say('no credentials were found', 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.');
  if (REFUSED_CREDENTIALS.has(name))
    return say('the credentials are refused', 'Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.');
  return undefined;
}

/** What stands between us and one object. */
export function s3ObjectTrouble(error: unknown, key: string): ObjectStoreError {
  const name = error instanceof Error ? error.name : '';
  const message = error instanceof Error ? error.message : String(error);
  if (name === 'InvalidObjectState') return new ObjectStoreError('archived', `${key} is archived`, error);
  const trouble = BY_STATUS[statusOf(error) ?? 0] ?? 'unavailable';
  return new ObjectStoreError(trouble, `${key}: ${name || 'error'}: ${message}`, error);
}
