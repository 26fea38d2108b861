// SPDX-License-Identifier: Apache-2.0

/**
 * The one table of settings: command-line flag, environment variable, key in `earshot.yaml`, default and help text.
 * `--help`, `earshot config show`, the loader and `docs/operators/configuration.md` are all made from it.
 */
export interface Setting {
  readonly env: string;
  /** Dotted path in the configuration file. */
  readonly key: string;
  readonly flag: string;
  readonly help: string;
  readonly default?: string;
  /** Never printed. */
  readonly isSecret?: true;
}

export const SETTINGS = {
  elasticsearchUrl: {
    env: 'ELASTICSEARCH_URL',
    key: 'elasticsearch.url',
    flag: '--elasticsearch-url <url>',
    help: 'Elasticsearch address',
    default: 'http://127.0.0.1:9200',
  },
  elasticsearchApiKey: {
    env: 'ELASTICSEARCH_API_KEY',
    key: 'elasticsearch.apiKey',
    flag: '--elasticsearch-api-key <key>',
    help: 'API key (base64 id:key)',
    isSecret: true,
  },
  elasticsearchUsername: {
    env: 'ELASTICSEARCH_USERNAME',
    key: 'elasticsearch.username',
    flag: '--elasticsearch-username <name>',
    help: 'user name, when no API key is used',
  },
  elasticsearchPassword: {
    env: 'ELASTICSEARCH_PASSWORD',
    key: 'elasticsearch.password',
    flag: '--elasticsearch-password <password>',
    help: 'password of that user',
    isSecret: true,
  },
  elasticsearchCaFile: {
    env: 'ELASTICSEARCH_CA_FILE',
    key: 'elasticsearch.caFile',
    flag: '--elasticsearch-ca-file <file>',
    help: 'PEM file of the certificate authority',
  },
  elasticsearchTimeout: {
    env: 'ELASTICSEARCH_TIMEOUT',
    key: 'elasticsearch.timeout',
    flag: '--elasticsearch-timeout <duration>',
    help: 'how long one request may take; a bulk request twice as long',
    default: '30s',
  },
  kibanaUrl: { env: 'KIBANA_URL', key: 'kibana.url', flag: '--kibana-url <url>', help: 'Kibana address' },
  kibanaApiKey: {
    env: 'KIBANA_API_KEY',
    key: 'kibana.apiKey',
    flag: '--kibana-api-key <key>',
    help: 'API key for Kibana',
    isSecret: true,
  },
  kibanaSpace: { env: 'KIBANA_SPACE', key: 'kibana.space', flag: '--kibana-space <name>', help: 'Kibana space' },
  inferenceUrl: {
    env: 'EARSHOT_INFERENCE_URL',
    key: 'inference.url',
    flag: '--inference-url <url>',
    help: 'inference service address',
    default: 'http://127.0.0.1:8700',
  },
  inferenceApiKey: {
    env: 'EARSHOT_INFERENCE_API_KEY',
    key: 'inference.apiKey',
    flag: '--inference-api-key <key>',
    help: 'API key for the inference service',
    isSecret: true,
  },
  inferenceTimeout: {
    env: 'EARSHOT_INFERENCE_TIMEOUT',
    key: 'inference.timeout',
    flag: '--inference-timeout <duration>',
    help: 'how long one embedding may take, and 20 s more for each MB; asked again for twice as long',
    default: '60s',
  },
  source: {
    env: 'EARSHOT_SOURCE',
    key: 'source',
    flag: '--source <folder|s3://bucket/prefix>',
    help: 'where the recordings are: a folder, or s3://bucket/prefix',
  },
  s3Endpoint: { env: 'S3_ENDPOINT', key: 's3.endpoint', flag: '--s3-endpoint <url>', help: 'S3-compatible endpoint' },
  s3Region: {
    env: 'S3_REGION',
    key: 's3.region',
    flag: '--s3-region <region>',
    help: 'S3 region',
    default: 'us-east-1',
  },
  s3ForcePathStyle: {
    env: 'S3_FORCE_PATH_STYLE',
    key: 's3.forcePathStyle',
    flag: '--s3-force-path-style <true|false>',
    help: 'bucket in the path instead of the host name (default: true with an endpoint of your own)',
  },
  s3AccessKeyId: {
    env: 'AWS_ACCESS_KEY_ID',
    key: 's3.accessKeyId',
    flag: '--s3-access-key-id <id>',
    help: 'access key; without it the standard AWS credential chain is used',
    isSecret: true,
  },
  s3SecretAccessKey: {
    env: 'AWS_SECRET_ACCESS_KEY',
    key: 's3.secretAccessKey',
    flag: '--s3-secret-access-key <secret>',
    help: 'secret of that access key',
    isSecret: true,
  },
  s3SessionToken: {
    env: 'AWS_SESSION_TOKEN',
    key: 's3.sessionToken',
    flag: '--s3-session-token <token>',
    help: 'session token that belongs to a temporary access key',
    isSecret: true,
  },
  s3Timeout: {
    env: 'S3_TIMEOUT',
    key: 's3.timeout',
    flag: '--s3-timeout <duration>',
    help: 'how long an answer may take to begin, a page of a listing to come, and a body to stall for half as long',
    default: '30s',
  },
  labels: {
    env: 'EARSHOT_LABELS',
    key: 'labels',
    flag: '--labels <template>',
    help: 'labels from paths, e.g. {genre}/{artist}/{title}; without it the folder is the label',
  },
  include: {
    env: 'EARSHOT_INCLUDE',
    key: 'include',
    flag: '--include <glob[,glob]>',
    help: 'only keys that match one of these globs',
  },
  exclude: {
    env: 'EARSHOT_EXCLUDE',
    key: 'exclude',
    flag: '--exclude <glob[,glob]>',
    help: 'no keys that match one of these globs',
  },
  minSize: {
    env: 'EARSHOT_MIN_SIZE',
    key: 'minSize',
    flag: '--min-size <bytes>',
    help: 'no smaller objects, e.g. 10KiB',
  },
  maxSize: {
    env: 'EARSHOT_MAX_SIZE',
    key: 'maxSize',
    flag: '--max-size <bytes>',
    help: 'no larger objects, e.g. 200MB (the inference service has a limit of its own)',
  },
  modifiedAfter: {
    env: 'EARSHOT_MODIFIED_AFTER',
    key: 'modifiedAfter',
    flag: '--modified-after <time>',
    help: 'only objects modified at or after this time, e.g. 2026-01-31 or 2026-01-31T12:00:00Z',
  },
  modifiedBefore: {
    env: 'EARSHOT_MODIFIED_BEFORE',
    key: 'modifiedBefore',
    flag: '--modified-before <time>',
    help: 'only objects modified before this time',
  },
  minAge: {
    env: 'EARSHOT_MIN_AGE',
    key: 'minAge',
    flag: '--min-age <duration>',
    help: 'only objects not modified for so long, e.g. 10m: what is still being written waits',
  },
  maxAge: {
    env: 'EARSHOT_MAX_AGE',
    key: 'maxAge',
    flag: '--max-age <duration>',
    help: 'only objects modified within this time, e.g. 30d',
  },
  sidecars: {
    env: 'EARSHOT_SIDECARS',
    key: 'sidecars',
    flag: '--sidecars <true|false>',
    help: 'take title and labels from x.wav.json or x.json beside a recording x.wav',
    default: 'true',
  },
  deleteMode: {
    env: 'EARSHOT_DELETE_MODE',
    key: 'deletes.mode',
    flag: '--delete-mode <hard|soft>',
    help: 'what happens to documents whose object is gone',
    default: 'hard',
  },
  maxDelete: {
    env: 'EARSHOT_MAX_DELETE',
    key: 'deletes.maxDelete',
    flag: '--max-delete <n>',
    help: 'refuse to delete more than n documents in a run, or a tenth if that is more',
    default: '100',
  },
  deleteStrikes: {
    env: 'EARSHOT_DELETE_STRIKES',
    key: 'deletes.strikes',
    flag: '--delete-strikes <n>',
    help: 'complete listings in a row that must miss an object before its document is deleted',
    default: '1',
  },
  leaseSeconds: {
    env: 'EARSHOT_LEASE_SECONDS',
    key: 'sync.leaseSeconds',
    flag: '--lease-seconds <n>',
    help: 'seconds after which the lease of a sync run that no longer renews it may be taken over',
    default: '60',
  },
  library: {
    env: 'EARSHOT_LIBRARY',
    key: 'library',
    flag: '--library <name>',
    help: 'library: a named collection, part of every index name',
    default: 'audio',
  },
  space: {
    env: 'EARSHOT_SPACE',
    key: 'space',
    flag: '--space <id[,id]>',
    help: 'embedding spaces, separated by commas',
    default: 'spectral-1',
  },
  modelsDir: {
    env: 'EARSHOT_MODELS_DIR',
    key: 'modelsDir',
    flag: '--models-dir <dir>',
    help: 'folder of imported cards and graphs',
    default: '.earshot/models',
  },
  stateDir: {
    env: 'EARSHOT_STATE_DIR',
    key: 'stateDir',
    flag: '--state-dir <dir>',
    help: 'folder of the sync ledger',
    default: '.earshot/state',
  },
  syncMemoryMb: {
    env: 'EARSHOT_SYNC_MEMORY_MB',
    key: 'sync.memoryMb',
    flag: '--sync-memory-mb <MiB>',
    help: 'MiB of recordings (each up to 8 MiB) held in memory until they are embedded',
    default: '128',
  },
  syncSpoolMb: {
    env: 'EARSHOT_SYNC_SPOOL_MB',
    key: 'sync.spoolMb',
    flag: '--sync-spool-mb <MiB>',
    help: 'MiB of larger recordings held in temporary files until they are embedded',
    default: '512',
  },
  syncFetchAhead: {
    env: 'EARSHOT_SYNC_FETCH_AHEAD',
    key: 'sync.fetchAhead',
    flag: '--sync-fetch-ahead <n>',
    help: 'recordings fetched ahead of those that the inference service works on',
    default: '16',
  },
  listen: {
    env: 'EARSHOT_WATCH_LISTEN',
    key: 'watch.listen',
    flag: '--listen <host:port>',
    help: 'where sync watch receives events; other than loopback only with a token',
    default: '127.0.0.1:8790',
  },
  watchToken: {
    env: 'EARSHOT_WATCH_TOKEN',
    key: 'watch.token',
    flag: '--watch-token <token>',
    help: 'what senders of events must know',
    isSecret: true,
  },
  reconcileEvery: {
    env: 'EARSHOT_RECONCILE_EVERY',
    key: 'watch.reconcileEvery',
    flag: '--reconcile-every <duration>',
    help: 'how often sync watch makes a whole run, whatever events said',
    default: '1h',
  },
  debounce: {
    env: 'EARSHOT_WATCH_DEBOUNCE',
    key: 'watch.debounce',
    flag: '--debounce <duration>',
    help: 'how long nothing must be heard of a key before sync watch looks at it',
    default: '2s',
  },
  metricsPort: {
    env: 'EARSHOT_SYNC_METRICS_PORT',
    key: 'metrics.port',
    flag: '--metrics-port <port>',
    help: 'serve Prometheus metrics of sync run and sync watch on this port; 0 picks a free one and prints it',
  },
  metricsHost: {
    env: 'EARSHOT_SYNC_METRICS_HOST',
    key: 'metrics.host',
    flag: '--metrics-host <address>',
    help: 'address of the metrics port; they need no token',
    default: '127.0.0.1',
  },
  panelHost: {
    env: 'EARSHOT_PANEL_HOST',
    key: 'panel.host',
    flag: '--panel-host <address>',
    help: 'address the search panel listens on; other than loopback only with a password',
    default: '127.0.0.1',
  },
  panelPort: {
    env: 'EARSHOT_PANEL_PORT',
    key: 'panel.port',
    flag: '--panel-port <port>',
    help: 'port of the search panel; 0 picks a free one and prints it',
    default: '8780',
  },
  panelUrl: {
    env: 'EARSHOT_PANEL_URL',
    key: 'panel.url',
    flag: '--panel-url <url>',
    help: 'address under which browsers reach the search panel; written into Kibana links',
    default: 'http://127.0.0.1:8780',
  },
  panelAuth: {
    env: 'EARSHOT_PANEL_AUTH',
    key: 'panel.auth',
    flag: '--panel-auth <user:password>',
    help: 'name and password that the search panel asks for',
    isSecret: true,
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;
