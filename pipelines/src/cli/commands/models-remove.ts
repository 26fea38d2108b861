// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import { indexPattern } from '@earshot/mappings';
import { planRemoval, removeSpace, type SpaceRemoval } from '@earshot/models/remove';
import type { Command } from 'commander';
import { EarshotError } from '../../core/earshot-error.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { Action, CommandContext } from '../command-context.ts';
import { confirm } from '../confirm.ts';
import { bind } from '../run-action.ts';

const PATIENCE_MS = 3000;

function planOf(id: string, modelsDir: string): SpaceRemoval {
  const removal = planRemoval(id, modelsDir);
  if (removal === 'shipped')
    throw new EarshotError('GUARD_REFUSED', `${id} ships with Earshot and is not removed`, {
      remedy: 'Leave it out of EARSHOT_SPACE if you do not need it.',
    });
  if (!removal) throw new EarshotError('SPACE_UNKNOWN', `There is no space ${id} in ${modelsDir}`);
  return removal;
}

/** Indices that hold vectors of a space; undefined when Elasticsearch cannot be asked now. */
async function indicesOf(space: string, context: CommandContext): Promise<string[] | undefined> {
  const client = await context.elasticsearch();
  try {
    const found = await client.indices.get(
      { index: indexPattern(space), allow_no_indices: true, features: ['mappings'] },
      { requestTimeout: PATIENCE_MS, maxRetries: 0, signal: context.signal },
    );
    // The pattern also fits spaces whose names end in this one's.
    return Object.keys(found).filter((name) => found[name]?.mappings?._meta?.space === space);
  } catch {
    context.signal.throwIfAborted();
    return undefined;
  } finally {
    await client.close();
  }
}

function useOf(indices: readonly string[] | undefined): string {
  if (indices === undefined) return 'Elasticsearch could not be asked whether an index holds its vectors.';
  if (indices.length === 0) return 'No index holds its vectors.';
  return `${indices.join(', ')} hold${indices.length === 1 ? 's' : ''} its vectors, and can no longer be searched by sound or synchronised.`;
}

const remove: Action = async (context, [id = ''], options) => {
  const { modelsDir } = context.config;
  const removal = planOf(id, modelsDir);
  const indices = await indicesOf(id, context);
  const files = removal.files.map((file) => basename(file));
  const question = `${useOf(indices)} Remove ${id} (${files.join(', ')} in ${modelsDir})?`;
  if (options.yes !== true && !(await confirm(question)))
    throw new EarshotError('GUARD_REFUSED', `Nothing was removed. ${question}`, { remedy: 'Repeat with --yes.' });
  removeSpace(removal, modelsDir);
  const result = { space: id, fingerprint: removal.fingerprint, removed: files, indices: indices ?? null };
  const note = 'A running inference service keeps it until it is unloaded there or restarted.';
  context.reporter.result(result, `${id} removed: ${files.join(', ')}. ${useOf(indices)}\n${note}`);
  return EXIT.done;
};

export function registerModelsRemove(models: Command): void {
  const command = models
    .command('remove')
    .argument('<id>')
    .description('delete card and graph of a space that you added')
    .option('--yes', 'do not ask');
  bind(command, remove);
}
