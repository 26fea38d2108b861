// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { buildBundle, DEFAULT_LIBRARY_SPACES } from '../bundle.ts';
import { toNdjson } from '../objects/ndjson.ts';
import type { SavedObject } from '../objects/saved-object.ts';
import { validateBundle } from './validate-bundle.ts';

const bundle = buildBundle(DEFAULT_LIBRARY_SPACES);

/** The bundle with one object changed. */
function spoil(type: string, change: (object: Mutable) => void): string {
  const objects = JSON.parse(JSON.stringify(bundle)) as Mutable[];
  change(objects.find((object) => object.type === type)!);
  return toNdjson(objects as unknown as SavedObject[]);
}

interface Mutable {
  type: string;
  id: string;
  attributes: Record<string, unknown>;
  references: { name: string; type: string; id: string }[];
  typeMigrationVersion: string;
  namespaces?: string[];
}

interface MutablePanel {
  title: string;
  gridData: { x: number; y: number; w: number };
  embeddableConfig: { savedVis?: { params: { spec?: string } } };
}

function spoilPanel(change: (panel: MutablePanel) => void, title: string): string {
  return spoil('dashboard', (object) => {
    const panels = JSON.parse(String(object.attributes.panelsJSON)) as MutablePanel[];
    change(panels.find((panel) => panel.title === title)!);
    object.attributes.panelsJSON = JSON.stringify(panels);
  });
}

function spoilSpec(change: (text: string) => string): string {
  return spoilPanel((panel) => {
    panel.embeddableConfig.savedVis!.params.spec = change(panel.embeddableConfig.savedVis!.params.spec!);
  }, 'Recordings by genre');
}

const rulesOf = (text: string): string[] => [...new Set(validateBundle(text).map((finding) => finding.rule))];

test('the bundle that ships breaks no rule', () => {
  expect(validateBundle(toNdjson(bundle))).toEqual([]);
});

test('the committed file is what the builders give today', () => {
  const committed = readFileSync(new URL('../../dist/earshot.ndjson', import.meta.url), 'utf8');
  expect(committed).toBe(toNdjson(bundle));
});

test('objects of several libraries and spaces live side by side', () => {
  const many = ['audio', 'field-recordings'].flatMap((library) =>
    ['spectral-1', 'melody-1'].map((space) => ({ library, space })),
  );
  expect(validateBundle(toNdjson(buildBundle(many)))).toEqual([]);
  expect(buildBundle(many)).toHaveLength(12);
});

test.each<[string, string, string]>([
  ['V1', 'an id of another kind', spoil('search', (object) => (object.id = 'Something'))],
  ['V1', 'text that is not JSON', '{"type":'],
  ['V1', 'keys out of order', toNdjson(bundle).replace('{"attributes"', '{"type":"x","attributes"')],
  ['V1', 'the same object twice', toNdjson([...bundle, ...bundle.slice(0, 1)])],
  ['V1', 'keys owned by the server', spoil('search', (object) => (object.namespaces = ['default']))],
  [
    'V2',
    'a migration version above the floor',
    spoil('dashboard', (object) => (object.typeMigrationVersion = '10.3.0')),
  ],
  ['V3', 'a broken JSON string', spoil('index-pattern', (object) => (object.attributes.fieldFormatMap = '{'))],
  ['V3', 'a dashboard key that Kibana refuses', spoil('dashboard', (object) => (object.attributes.sections = []))],
  ['V4', 'a missing reference', spoil('search', (object) => void object.references.pop())],
  ['V4', 'a reference to nothing', spoil('search', (object) => (object.references[0]!.id = 'earshot-none'))],
  ['V5', 'a panel outside the grid', spoilPanel((panel) => (panel.gridData.x = 40), 'Recordings by genre')],
  ['V5', 'overlapping panels', spoilPanel((panel) => (panel.gridData.x = 8), 'Recordings by genre')],
  ['V8', 'a title without its prefix', spoil('dashboard', (object) => (object.attributes.title = 'Home'))],
  ['V9', 'HJSON', spoilSpec(() => '{ data: x }')],
  ['V9', 'a schema that Kibana 8.19 lacks', spoilSpec((text) => text.replace('vega-lite/v5', 'vega-lite/v6'))],
  ['V9', 'vectors in a panel', spoilSpec((text) => text.replace('tags.genre', 'embedding'))],
  ['V9', 'an unbounded page', spoilSpec((text) => text.replace('"size": 0', '"size": 20000'))],
  ['V10', 'an address written out', spoil('index-pattern', (object) => (object.attributes.name = 'http://panel:1/'))],
])('%s finds %s', (rule, _what, text) => {
  expect(rulesOf(text)).toContain(rule);
});
