// SPDX-License-Identifier: Apache-2.0

/** How to reach an S3 server of the tests. */
export interface ObjectStoreAccess {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The same as settings for `runEarshot` and the launchers. */
  readonly env: Readonly<Record<string, string>>;
}

/** What every S3 server of the tests is started with. */
export const STORE_CREDENTIALS = {
  accessKeyId: 'earshot',
  secretAccessKey: 'earshot-secret',
  region: 'us-east-1',
} as const;

export function objectStoreAccess(endpoint: string): ObjectStoreAccess {
  const { accessKeyId, secretAccessKey, region } = STORE_CREDENTIALS;
  const env = {
    S3_ENDPOINT: endpoint,
    S3_REGION: region,
    S3_FORCE_PATH_STYLE: 'true',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
  return { endpoint, ...STORE_CREDENTIALS, env };
}
