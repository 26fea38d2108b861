// SPDX-License-Identifier: Apache-2.0
import { EarshotError } from '../earshot-error.ts';

export type Labels = Readonly<Record<string, string>>;
export type LabelPath = (relativeKey: string) => Labels;

const SPECIAL = /[\\^$.*+?()[\]{}|/-]/g;
const stripExtension = (name: string): string => name.replace(/(?<=.)\.[^./]+$/, '');

/** Without a template: the folder a recording lies in. */
function folderLabel(key: string): Labels {
  const slash = key.lastIndexOf('/');
  return slash > 0 ? { folder: key.slice(0, slash) } : {};
}

function compile(template: string): { readonly pattern: RegExp; readonly names: readonly string[] } {
  const names: string[] = [];
  const source = template.replace(/\{([a-z][a-z0-9_]*)\}|[^{]+|\{/gi, (part, name: string | undefined) => {
    if (name === undefined) return part.replace(SPECIAL, '\\$&');
    names.push(name);
    return '([^/]+?)';
  });
  return { pattern: new RegExp(`^${source}$`, 's'), names };
}

/**
 * Labels from a path template: `{genre}/{artist}/{title}` reads `folk/Anna/Tune.mp3` as three labels. Paths that do not
 * fit the template get the folder as their only label. The extension does not count.
 * @throws EarshotError CONFIG_INVALID for a template that names nothing
 */
export function createPathLabels(template: string | undefined): LabelPath {
  if (!template) return folderLabel;
  const { pattern, names } = compile(template);
  if (names.length === 0 || new Set(names).size < names.length)
    throw new EarshotError('CONFIG_INVALID', `The label template ${template} must name each of its parts once`, {
      remedy: 'Write for example {genre}/{artist}/{title}.',
    });
  return (key) => {
    const match = pattern.exec(stripExtension(key));
    if (!match) return folderLabel(key);
    return Object.fromEntries(names.map((name, i) => [name, match[i + 1] ?? '']));
  };
}
