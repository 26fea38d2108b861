// SPDX-License-Identifier: Apache-2.0
import { STATE_ALIASES } from '@earshot/mappings';
import type { Client } from '@elastic/elasticsearch';
import { clusterCapabilities } from '../../adapters/cluster-capabilities.ts';
import { toEarshotError } from '../../adapters/elasticsearch-client.ts';
import { EarshotError } from '../../core/earshot-error.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { ClusterCapabilities } from '../../ports/cluster-capabilities.ts';
import type { CommandContext } from '../command-context.ts';
import { configuredLibraries } from '../configured-libraries.ts';
import type { Finding } from './finding.ts';

const OLDEST = [8, 19] as const;

function refuseTooOld({ version }: ClusterCapabilities): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (version === 'unknown' || major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new EarshotError('ELASTICSEARCH_TOO_OLD', `Elasticsearch is ${version}`);
}

const has = (is: boolean, name: string): string => (is ? name : `no ${name}`);

function describeModules(of: ClusterCapabilities): Finding {
  const list = [
    has(of.hasIngestProcessors, 'ingest processors'),
    has(of.hasPainless, 'painless'),
    has(of.hasLookupBuilder, 'search by id inside the cluster'),
    has(of.acceptsBase64Documents, 'base64 vectors'),
    has(of.hasSecurity, 'security'),
  ].join(', ');
  const lost = [
    ...(of.hasIngestProcessors ? [] : ['documents are not checked by the pipeline']),
    ...(of.hasPainless ? [] : ['search --exact needs a flat index']),
  ];
  return lost.length > 0
    ? { area: 'elasticsearch', state: 'info', message: `modules: ${list}; so ${lost.join(', and ')}` }
    : { area: 'elasticsearch', state: 'ok', message: `modules: ${list}` };
}

interface PrivilegeAnswer {
  readonly has_all_requested: boolean;
  readonly cluster: Readonly<Record<string, boolean>>;
  readonly index: Readonly<Record<string, Readonly<Record<string, boolean>>>>;
}

/** What a sync run and a search need; `docs/operators/definitions.md` has the roles. */
async function checkPrivileges(client: Client, libraries: readonly string[]): Promise<Finding> {
  const body = {
    cluster: ['monitor'],
    index: [
      {
        names: libraries.map((library) => `earshot-${library}-*`),
        privileges: ['read', 'index', 'delete', 'maintenance', 'view_index_metadata'],
      },
      {
        names: [STATE_ALIASES.control, STATE_ALIASES.runs, STATE_ALIASES.failures].map((alias) => `${alias}*`),
        privileges: ['read', 'index'],
      },
    ],
  };
  const answer = await client.transport
    .request<PrivilegeAnswer>({ method: 'POST', path: '/_security/user/_has_privileges', body })
    .catch((error: unknown) => {
      throw toEarshotError(error, 'asking for privileges');
    });
  if (answer.has_all_requested) return { area: 'elasticsearch', state: 'ok', message: 'privileges: sync and search' };
  const lacking = (of: Readonly<Record<string, boolean>>): string[] =>
    Object.entries(of).flatMap(([privilege, is]) => (is ? [] : [privilege]));
  const missing = [
    ...lacking(answer.cluster).map((privilege) => `cluster ${privilege}`),
    ...Object.entries(answer.index).flatMap(([name, of]) => lacking(of).map((privilege) => `${privilege} on ${name}`)),
  ];
  return {
    area: 'elasticsearch',
    state: 'fail',
    message: `privileges missing: ${missing.join(', ')}`,
    remedy: 'Give the user or key the role in docs/operators/definitions.md.',
    exitCode: EXIT.usage,
  };
}

/** Version, licence, modules and privileges. */
export async function checkElasticsearch(context: CommandContext): Promise<Finding[]> {
  const client = await context.elasticsearch();
  const capabilities = await clusterCapabilities(client);
  refuseTooOld(capabilities);
  const { version, licence, hasSecurity } = capabilities;
  const { elasticsearchUrl } = context.config;
  const libraries = [...new Set(configuredLibraries(context.config).map(({ library }) => library))];
  return [
    { area: 'elasticsearch', state: 'ok', message: `${version} at ${elasticsearchUrl}, licence ${licence}` },
    describeModules(capabilities),
    ...(hasSecurity ? [await checkPrivileges(client, libraries)] : []),
  ];
}
