// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const text = read('docker-compose.yml');

interface Service {
  readonly image?: string;
  readonly build?: { readonly dockerfile: string; readonly target?: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly ports?: readonly string[];
  readonly restart?: string;
  readonly volumes?: readonly string[];
}
const compose = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(compose.services);
const PINNED = /:v?\d+\.\d+\.\d+(-[a-z-]+)?$/;

test('the parts of the whole path are there', () => {
  const names = services.map(([name]) => name);
  expect(names).toEqual(expect.arrayContaining(['elasticsearch', 'kibana', 's3', 'inference', 'sync', 'panel']));
});

test.each(services)('%s has an image pinned to an exact version, or is built here', (_name, { image, build }) => {
  if (image) return expect(image).toMatch(PINNED);
  const stages = read(build?.dockerfile ?? '').matchAll(/^FROM (\S+)(?: AS (\S+))?$/gm);
  const known: string[] = [];
  for (const [, base = '', name] of stages) {
    if (!known.includes(base)) expect(base).toMatch(PINNED);
    if (name) known.push(name);
  }
  if (build?.target) expect(known).toContain(build.target);
});

test.each(services)('%s tells its health, or ends by itself', (_name, { healthcheck, restart }) => {
  if (restart === 'no') expect(healthcheck).toBeUndefined();
  else expect(healthcheck?.test.length).toBeGreaterThan(1);
});

test.each(services)('%s waits for what it needs in a way that can come true', (_name, { depends_on: needs = {} }) => {
  for (const [name, { condition }] of Object.entries(needs)) {
    const needed = compose.services[name]!;
    expect(condition).toBe(needed.restart === 'no' ? 'service_completed_successfully' : 'service_healthy');
  }
});

test.each(services)('%s has no default for a secret and opens ports on loopback only', (_name, service) => {
  for (const [name, value] of Object.entries(service.environment ?? {}))
    if (/PASSWORD|SECRET|KEY|AUTH|TOKEN/.test(name) && !name.endsWith('_FILE'))
      expect(value).toMatch(/^\$\{(\w+):\?set \1 in \.env\}$/);
  for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
});

test('every variable that must be set stands empty in .env.example', () => {
  const needed = [...text.matchAll(/\$\{(\w+):\?/g)].map((match) => match[1]!);
  for (const name of new Set(needed)) expect(read('.env.example')).toMatch(new RegExp(`^${name}=$`, 'm'));
});

test('named volumes are declared and the copied folders exist', () => {
  const used = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0]!));
  expect(Object.keys(compose.volumes).sort()).toEqual([...new Set(used)].sort());
  for (const file of ['inference-service/Dockerfile', 'pipelines/Dockerfile'])
    for (const [, sources = ''] of read(file).matchAll(/^COPY (?!--from)(.+) \S+$/gm))
      for (const source of sources.split(' ')) expect(existsSync(join(ROOT, source)), `${file}: ${source}`).toBe(true);
});
