// SPDX-License-Identifier: Apache-2.0
import type { SavedObject } from '../objects/saved-object.ts';
import { panelsOf } from './dashboard-panels.ts';
import type { Finding, Rule } from './validate-bundle.ts';

/** Names of the references that an object's attributes speak of. */
function usedNames(object: SavedObject): string[] {
  const meta = object.attributes.kibanaSavedObjectMeta as { searchSourceJSON?: string } | undefined;
  const source = JSON.parse(meta?.searchSourceJSON ?? '{}') as { indexRefName?: string };
  const panels = panelsOf(object).flatMap((panel) =>
    panel.panelRefName === undefined ? [] : [`${panel.panelIndex}:${panel.panelRefName}`],
  );
  return [...(source.indexRefName === undefined ? [] : [source.indexRefName]), ...panels];
}

function checkObject(object: SavedObject, known: ReadonlySet<string>): Finding[] {
  const at = `${object.type}:${object.id}`;
  const used = usedNames(object);
  const given = object.references.map((reference) => reference.name);
  const findings: Finding[] = [];
  const add = (message: string): void => void findings.push({ rule: 'V4', object: at, message });
  for (const name of used) {
    if (given.filter((other) => other === name).length !== 1) add(`needs exactly one reference named ${name}`);
  }
  for (const reference of object.references) {
    if (!used.includes(reference.name)) add(`the reference ${reference.name} is not used`);
    if (!known.has(`${reference.type}:${reference.id}`)) add(`${reference.type}:${reference.id} is not in the bundle`);
  }
  return findings;
}

/** V4: every name has exactly one reference, none is unused, all resolve inside the bundle. */
export const checkReferences: Rule = (objects) => {
  const known = new Set(objects.map((object) => `${object.type}:${object.id}`));
  return objects.flatMap((object) => checkObject(object, known));
};
