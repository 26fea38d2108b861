// SPDX-License-Identifier: Apache-2.0
import { openLabelledIndex } from '../../adapters/elasticsearch-labelled-index.ts';
import { collectIndex } from '../../core/evaluate/collect-index.ts';
import type { Collection, CollectionRequest } from '../../core/evaluate/collection.ts';
import type { LabelledIndex } from '../../ports/labelled-index.ts';
import type { CommandContext } from '../command-context.ts';

/** Labelled vectors of a library that is indexed in each of the spaces. */
export async function collectFromIndices(context: CommandContext, request: CollectionRequest): Promise<Collection> {
  const { config, reporter } = context;
  const client = await context.elasticsearch();
  const opened: LabelledIndex[] = [];
  try {
    for (const space of request.spaces)
      opened.push(await openLabelledIndex({ client, library: config.library, space, ...request }));
    return await collectIndex(opened, request, reporter);
  } finally {
    await Promise.all(opened.map((index) => index.close()));
  }
}
