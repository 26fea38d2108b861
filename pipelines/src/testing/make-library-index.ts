// SPDX-License-Identifier: Apache-2.0
import { indexName, type LibrarySpace, readAlias, writeAlias } from '@earshot/mappings';
import type { Client } from '@elastic/elasticsearch';

/** As `earshot apply` would for one more library, without the seconds that a command takes. @returns the read alias */
export async function makeLibraryIndex(client: Client, of: LibrarySpace): Promise<string> {
  const aliases = { [readAlias(of)]: {}, [writeAlias(of)]: { is_write_index: true } };
  await client.indices.create({ index: indexName(of, 1), aliases });
  return readAlias(of);
}
