// SPDX-License-Identifier: Apache-2.0
export { cacheDir, openCacheDir, REPOSITORY_ROOT } from './cache-dir.ts';
export { startCephRgw, whyNoCephRgw } from './ceph-rgw.ts';
export { cleanEnvironment } from './clean-environment.ts';
export { demoRecording } from './demo-recording.ts';
export { describeMachine } from './describe-machine.ts';
export { type ElasticsearchCapabilities, readCapabilities } from './elasticsearch-capabilities.ts';
export { hasDockerEngine } from './elasticsearch-container.ts';
export { type FaultProxy, type NetworkFault, startFaultProxy } from './fault-proxy.ts';
export { fetchElasticsearchHome, type Say } from './fetch-elasticsearch-home.ts';
export { fetchVersitygw } from './fetch-versitygw.ts';
export { startGateway } from './gateway.ts';
export { givenElasticsearch } from './given-elasticsearch.ts';
export { spawnGuarded } from './guarded-process.ts';
export { startInferenceService } from './inference-service.ts';
export type { Resolution, ResolvedElasticsearch } from './launch-elasticsearch.ts';
export type { LaunchOptions, ListeningProcess } from './listening-process.ts';
export { makeTempDir } from './make-temp-dir.ts';
export { markdownTable } from './markdown-table.ts';
export { type ObjectStoreAccess, objectStoreAccess } from './object-store-access.ts';
export { PreparationError } from './preparation-error.ts';
export { renderWav } from './render-tone.ts';
export {
  resolveElasticsearch,
  startElasticsearch,
  whyNoElasticsearch,
} from './resolve-elasticsearch.ts';
export { type EarshotResult, runEarshot } from './run-earshot.ts';
export { runTool } from './run-tool.ts';
export { type FakeObject, fakeObject, type S3Fake, type S3Fault, type S3Request, startS3Fake } from './s3-fake.ts';
export type { ElasticsearchOptions, RunningElasticsearch } from './start-elasticsearch-home.ts';
export { type RunningObjectStore, type RunningVersitygw, startVersitygw, whyNoVersitygw } from './versitygw.ts';
