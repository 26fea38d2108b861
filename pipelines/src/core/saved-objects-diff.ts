// SPDX-License-Identifier: Apache-2.0

/** As `toNdjson` of the bundle gives it, or as Kibana exports it. */
export interface ComparableObject {
  readonly type: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly references: readonly { readonly name: string; readonly type: string; readonly id: string }[];
}

/** Kibana keeps settings as strings holding JSON and may re-serialise them: compare what they hold. */
function unpack(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Whether everything in `ours` stands in `theirs` too; Kibana adds defaults of its own when it migrates objects. */
export function isContained(ours: unknown, theirs: unknown): boolean {
  const a = unpack(ours);
  const b = unpack(theirs);
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, at) => isContained(item, b[at]));
  }
  if (a === null || typeof a !== 'object') return a === b;
  if (b === null || typeof b !== 'object') return false;
  return Object.entries(a).every(([key, inner]) => isContained(inner, (b as Record<string, unknown>)[key]));
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);

/** Objects of ours that are missing there or differ from what is there. */
export function changedObjects(
  ours: readonly ComparableObject[],
  theirs: readonly ComparableObject[],
): readonly ComparableObject[] {
  const there = new Map(theirs.map((object) => [`${object.type}:${object.id}`, object]));
  return ours.filter((object) => {
    const other = there.get(`${object.type}:${object.id}`);
    if (!other) return true;
    const sameReferences = isContained([...object.references].sort(byName), [...other.references].sort(byName));
    return !(sameReferences && isContained(object.attributes, other.attributes));
  });
}
