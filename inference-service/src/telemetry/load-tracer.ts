// SPDX-License-Identifier: Apache-2.0
import { DiagLogLevel, diag, type Tracer } from '@opentelemetry/api';

/** A collector that does not answer must not hold up the end of the process. */
const FLUSH_LIMIT_MS = 5000;
const SERVICE_NAME = 'earshot-inference';

export interface LoadedTracer {
  readonly tracer: Tracer;
  stop(): Promise<void>;
}

/** Whether the standard variables ask for traces to be sent. */
export function isExportWanted(env: NodeJS.ProcessEnv): boolean {
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  return Boolean(endpoint) && env.OTEL_SDK_DISABLED !== 'true' && env.OTEL_TRACES_EXPORTER !== 'none';
}

/**
 * OpenTelemetry's SDK, loaded only here. It reads its own variables (endpoint, headers, sampler, batch sizes,
 * resource attributes) from the environment of the process.
 */
export async function loadTracer(version: string, warn: (message: string) => void): Promise<LoadedTracer> {
  const [{ BasicTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, resources] = await Promise.all([
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const ignore = (): void => undefined;
  const logger = { error: warn, warn, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const resource = resources
    .resourceFromAttributes({ 'service.name': SERVICE_NAME, 'service.version': version })
    .merge(resources.detectResources({ detectors: [resources.envDetector] }));
  const provider = new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const stop = async (): Promise<void> => {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, FLUSH_LIMIT_MS);
    await Promise.race([provider.shutdown(), late]).catch((error: unknown) => warn(String(error)));
    clearTimeout(timer);
  };
  return { tracer: provider.getTracer(SERVICE_NAME, version), stop };
}
