// SPDX-License-Identifier: Apache-2.0
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A path strictly below a folder. */
export function isInside(path: string, root: string): boolean {
  const rest = relative(root, path);
  return rest !== '' && rest !== '..' && !rest.startsWith(`..${sep}`) && !isAbsolute(rest);
}

function toPath(address: string): string | undefined {
  if (!/^file:/i.test(address) || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.search !== '' || url.hash !== '' || url.pathname.includes('%00')) return undefined;
  try {
    // Refuses a host and encoded slashes.
    return resolve(fileURLToPath(url));
  } catch {
    return undefined;
  }
}

/**
 * One `file:/absolute/root` of the allow-list, as a path.
 * @throws Error with what is wrong
 */
export function parseFileRoot(text: string): string {
  const path = /^file:\/(\/\/)?[^/*]/i.test(text) ? toPath(text) : undefined;
  if (path === undefined) throw new Error('must be file:/absolute/folder');
  if (path === resolve('/')) throw new Error('the whole file system cannot be a root');
  return path;
}

/** Path of an address that lies below a root by its text, and that root. Links are looked at when it is opened. */
export function findFile(
  roots: readonly string[],
  address: string,
): { readonly path: string; readonly root: string } | undefined {
  const path = toPath(address);
  const root = path && roots.find((candidate) => isInside(path, candidate));
  return path && root ? { path, root } : undefined;
}
