// SPDX-License-Identifier: Apache-2.0
import { ecsFormat } from '@elastic/ecs-pino-format';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';

/** Field sets of the Elastic Common Schema that log lines of this service fill. */
const ECS_FIELD_SETS = new Set(['error', 'event', 'http', 'span', 'trace', 'url', 'user']);

type Fields = Record<string, unknown>;

/** Whatever is not ECS goes below `earshot`, where it collides with nothing. */
function sortFields(fields: Fields): { readonly ecs: Fields; readonly own: Fields } {
  const ecs: Fields = {};
  const own: Fields = {};
  for (const [name, value] of Object.entries(fields)) {
    const isEcs = name === 'err' || (ECS_FIELD_SETS.has(name) && typeof value === 'object');
    (isEcs ? ecs : own)[name] = value;
  }
  return { ecs, own };
}

function ecsOptions(version: string): LoggerOptions {
  const options = ecsFormat({ serviceName: 'earshot-inference', serviceVersion: version, apmIntegration: false });
  const format = options.formatters?.log ?? ((fields: Fields) => fields);
  const log = (fields: Fields): Fields => {
    const { ecs, own } = sortFields(fields);
    return { ...format(ecs), ...(Object.keys(own).length > 0 ? { earshot: own } : {}) };
  };
  return { ...options, formatters: { ...options.formatters, log } };
}

/** One JSON line an event, in the Elastic Common Schema, as Filebeat and Elastic Agent read it without a pipeline. */
export function createLog(options: { level: string; version: string }, destination: DestinationStream): Logger {
  return pino({ ...ecsOptions(options.version), level: options.level }, destination);
}
