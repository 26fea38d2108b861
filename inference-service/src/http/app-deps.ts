// SPDX-License-Identifier: Apache-2.0

import type { AsyncLocalStorage } from 'node:async_hooks';
import type { Space } from '@earshot/models/registry';
import type { Logger } from 'pino';
import type { ServiceInfo } from '../contract/embeddings.ts';
import type { ActiveRequests } from '../core/active-requests.ts';
import type { AddressSource } from '../core/address-source.ts';
import type { Decoder } from '../core/decoder-port.ts';
import type { Embedder } from '../core/embedder.ts';
import type { Engine } from '../core/engine-port.ts';
import type { KeyLimiter } from '../core/key-limiter.ts';
import type { KeyRing } from '../core/key-ring.ts';
import type { Observer } from '../core/observer-port.ts';
import type { SpaceRepository } from '../core/repository-port.ts';
import type { Spool } from '../core/spool-port.ts';
import type { TextEmbedder } from '../core/text-embedder.ts';
import type { RequestScope, Tracing } from '../core/trace-port.ts';

/** Everything the routes work with; made in main.ts. */
export interface AppDeps {
  readonly version: string;
  readonly spaces: ReadonlyMap<string, Space>;
  readonly repository: SpaceRepository;
  readonly activeRequests: ActiveRequests;
  readonly embedder: Embedder;
  readonly texts: TextEmbedder;
  readonly engine: Engine;
  readonly decoder: Pick<Decoder, 'version' | 'source' | 'refuses'>;
  readonly spool: Spool;
  readonly addresses: AddressSource;
  readonly limits: ServiceInfo['limits'];
  readonly requestTimeoutMs: number;
  readonly keys: KeyRing | undefined;
  readonly keyLimiter: KeyLimiter;
  readonly log: Logger;
  readonly observer: Observer;
  readonly tracing: Tracing;
  /** The request that runs now, for observers deep inside. */
  readonly scope: AsyncLocalStorage<RequestScope>;
  readonly metrics: { readonly contentType: string; render(): Promise<string> };
  isDraining(): boolean;
}
