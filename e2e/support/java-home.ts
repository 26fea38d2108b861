// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { unprivilegedIdentity } from './unprivileged-user.ts';

const JVM_FOLDERS = ['/usr/lib/jvm', '/opt/java', '/usr/java', '/Library/Java/JavaVirtualMachines'];

/** Major version of the JDK in a folder, asked as the user who will run it; 0 when there is none. */
function majorVersion(home: string): number {
  const java = join(home, 'bin', 'java');
  if (!existsSync(java)) return 0;
  const { stderr } = spawnSync(java, ['-version'], { encoding: 'utf8', cwd: '/', ...unprivilegedIdentity() });
  return Number(/version "(\d+)/.exec(stderr ?? '')?.[1] ?? 0);
}

function candidates(): string[] {
  const named = [process.env.ES_JAVA_HOME, process.env.JAVA_HOME].filter((home) => home !== undefined);
  const found = JVM_FOLDERS.filter((dir) => existsSync(dir)).flatMap((dir) =>
    readdirSync(dir).flatMap((name) => [join(dir, name), join(dir, name, 'Contents', 'Home')]),
  );
  return [...named, ...found];
}

let known: string | undefined;

/** A JDK that Elasticsearch 9 accepts (21 or later), or undefined. The default `java` is often older: all are looked at. */
export function findJavaHome(): string | undefined {
  known ??= candidates().find((home) => majorVersion(home) >= 21);
  return known;
}
