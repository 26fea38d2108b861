// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ELASTICSEARCH_VERSION } from './elasticsearch-home.ts';

const IMAGE = `docker.elastic.co/elasticsearch/elasticsearch:${ELASTICSEARCH_VERSION}`;
const SOCKETS = ['/var/run/docker.sock', join(homedir(), '.docker', 'run', 'docker.sock')];

export const hasDockerSocket = (): boolean =>
  Boolean(process.env.DOCKER_HOST) || SOCKETS.some((socket) => existsSync(socket));

/** Whether a Docker engine answers. Without a socket or DOCKER_HOST the library is not even loaded: it takes a second. */
export async function hasDockerEngine(): Promise<boolean> {
  if (!hasDockerSocket()) return false;
  const { getContainerRuntimeClient } = await import('testcontainers');
  return getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
}

interface ContainerOptions {
  readonly licence: 'basic' | 'trial';
  /** 0 picks a free port. */
  readonly port: number;
}

/** The full image, security off, on a loopback port; testcontainers removes it when this process ends. */
export async function startElasticsearchContainer({ licence, port }: ContainerOptions) {
  const { GenericContainer, Wait } = await import('testcontainers');
  const container = await new GenericContainer(IMAGE)
    .withEnvironment({
      'discovery.type': 'single-node',
      'xpack.security.enabled': 'false',
      'xpack.license.self_generated.type': licence,
      'cluster.routing.allocation.disk.threshold_enabled': 'false',
      ES_JAVA_OPTS: '-Xms1g -Xmx1g',
    })
    .withExposedPorts(port === 0 ? 9200 : { container: 9200, host: port })
    .withWaitStrategy(Wait.forHttp('/_license', 9200))
    .withStartupTimeout(240_000)
    .start();
  return {
    url: `http://${container.getHost()}:${container.getMappedPort(9200)}`,
    stop: async (): Promise<void> => {
      await container.stop();
    },
  };
}
