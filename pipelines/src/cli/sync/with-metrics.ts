// SPDX-License-Identifier: Apache-2.0
import type { CommandContext } from '../command-context.ts';

/** Serves metrics while a command works, where a port is set. */
export async function withMetrics<T>(
  context: CommandContext,
  work: (context: CommandContext) => Promise<T>,
): Promise<T> {
  const { metricsPort: port, metricsHost: host } = context.config;
  if (port === undefined) return work(context);
  const { createSyncMetrics, serveMetrics } = await import('../../adapters/sync-metrics.ts');
  const metrics = createSyncMetrics();
  const server = await serveMetrics(metrics, { host, port });
  const url = `${server.url}/metrics`;
  context.reporter.line(`Metrics at ${url}`);
  context.reporter.event({ event: 'metrics_started', url });
  try {
    return await work({ ...context, metrics });
  } finally {
    server.close();
  }
}
