// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

/** Packages in the bundle whose terms must travel with it, and the files that hold them. */
const TERMS: Readonly<Record<string, readonly string[]>> = {
  '@elastic/eui': ['LICENSE.txt', 'NOTICE.txt', 'licenses/ELASTIC-LICENSE-2.0.md', 'licenses/SSPL-LICENSE.md'],
  react: ['LICENSE'],
  'react-dom': ['LICENSE'],
  'react-router-dom': ['LICENSE.md'],
  '@tanstack/react-query': ['LICENSE'],
  '@emotion/react': ['LICENSE'],
  'lz-string': ['LICENSE'],
};

const HEADING = `This folder holds the built search panel of Earshot (Apache-2.0) together with the packages below.
@elastic/eui is dual-licensed (Server Side Public License 1.0 or Elastic License 2.0); Earshot uses it under the
Elastic License 2.0, whose text must stay with every copy.
`;

function termsOf(name: string, files: readonly string[]): string {
  const { resolve } = createRequire(import.meta.url);
  const packageJson = findPackageJson(resolve(name), name);
  const { version } = JSON.parse(readFileSync(packageJson, 'utf8')) as { version: string };
  const texts = files.map((file) => `--- ${file}\n${readFileSync(join(dirname(packageJson), file), 'utf8').trim()}\n`);
  return `${'='.repeat(80)}\n${name} ${version}\n\n${texts.join('\n')}`;
}

function findPackageJson(entry: string, name: string): string {
  for (let dir = dirname(entry); dir !== dirname(dir); dir = dirname(dir)) {
    try {
      const path = join(dir, 'package.json');
      if ((JSON.parse(readFileSync(path, 'utf8')) as { name?: string }).name === name) return path;
    } catch {
      // No package.json in this folder: look one up.
    }
  }
  throw new Error(`The package.json of ${name} was not found`);
}

/** Writes `THIRD_PARTY_NOTICES.txt` into the build: whoever gets the bundle gets the terms. */
export function thirdPartyNotices(): Plugin {
  return {
    name: 'earshot:third-party-notices',
    apply: 'build',
    generateBundle() {
      const source = [HEADING, ...Object.entries(TERMS).map(([name, files]) => termsOf(name, files))].join('\n');
      this.emitFile({ type: 'asset', fileName: 'THIRD_PARTY_NOTICES.txt', source });
    },
  };
}
