// SPDX-License-Identifier: Apache-2.0
import type { Config } from '../config/load-config.ts';
import { EarshotError } from '../core/earshot-error.ts';
import type { ImportOutcome, Kibana } from '../ports/kibana.ts';

const TIMEOUT_MS = 60_000;

type Connection = Pick<
  Config,
  'kibanaUrl' | 'kibanaApiKey' | 'kibanaSpace' | 'elasticsearchUsername' | 'elasticsearchPassword'
>;

interface ImportBody {
  readonly success: boolean;
  readonly successCount?: number;
  readonly errors?: readonly {
    readonly type: string;
    readonly id: string;
    readonly error: { readonly type: string };
  }[];
}

function authorization(config: Connection): Record<string, string> {
  if (config.kibanaApiKey) return { authorization: `ApiKey ${config.kibanaApiKey}` };
  if (!config.elasticsearchUsername) return {};
  const pair = `${config.elasticsearchUsername}:${config.elasticsearchPassword ?? ''}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function readImport(body: ImportBody): ImportOutcome {
  const problems = (body.errors ?? []).map(({ type, id, error: { type: kind, ...details } }) => {
    const more = Object.keys(details).length > 0 ? ` ${JSON.stringify(details)}` : '';
    return { type, id, reason: `${kind}${more}` };
  });
  return { success: body.success === true, successCount: body.successCount ?? 0, problems };
}

/** Kibana over HTTP: saved-object import and export, as in Kibana 8.19 and 9.x. */
export function createHttpKibana(config: Connection): Kibana {
  if (!config.kibanaUrl) throw new EarshotError('KIBANA_MISSING', 'No Kibana address is set');
  const base = `${config.kibanaUrl.replace(/\/+$/, '')}${config.kibanaSpace ? `/s/${config.kibanaSpace}` : ''}`;
  const call = async (method: string, path: string, body?: FormData | string): Promise<Response> => {
    const headers = {
      'kbn-xsrf': 'true',
      ...authorization(config),
      ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
    };
    const init = { method, headers, signal: AbortSignal.timeout(TIMEOUT_MS), ...(body === undefined ? {} : { body }) };
    const answer = await fetch(`${base}${path}`, init).catch((cause: unknown) => {
      throw new EarshotError('KIBANA_UNAVAILABLE', `Kibana at ${config.kibanaUrl} does not answer: ${String(cause)}`, {
        cause,
      });
    });
    if (answer.status === 401 || answer.status === 403) {
      throw new EarshotError('KIBANA_DENIED', `Kibana answered ${answer.status} to ${method} ${path}`);
    }
    return answer;
  };
  const refuse = async (answer: Response, doing: string): Promise<never> => {
    const text = (await answer.text()).slice(0, 500);
    throw new EarshotError('KIBANA_REFUSED', `Kibana answered ${answer.status} while ${doing}: ${text}`);
  };
  return {
    status: async () => {
      const answer = await call('GET', '/api/status');
      if (!answer.ok && answer.status !== 503) return refuse(answer, 'asked for its status');
      const body = (await answer.json()) as { version: { number: string }; status: { overall: { level: string } } };
      return { version: body.version.number, isAvailable: body.status.overall.level === 'available' };
    },
    importObjects: async (ndjson) => {
      const form = new FormData();
      form.append('file', new Blob([ndjson], { type: 'application/ndjson' }), 'earshot.ndjson');
      const answer = await call('POST', '/api/saved_objects/_import?overwrite=true', form);
      if (!answer.ok) return refuse(answer, 'importing saved objects');
      return readImport((await answer.json()) as ImportBody);
    },
    exportObjects: async (names) => {
      const body = JSON.stringify({ objects: names, excludeExportDetails: true });
      const answer = await call('POST', '/api/saved_objects/_export', body);
      // Kibana answers 400 as soon as one of the objects does not exist.
      if (answer.status === 400) return null;
      return answer.ok ? answer.text() : refuse(answer, 'reading saved objects back');
    },
  };
}
