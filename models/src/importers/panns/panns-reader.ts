// SPDX-License-Identifier: Apache-2.0
import { pannsGraph } from '../../build/spaces/panns/graph.ts';
import type { PannsVector } from '../../build/spaces/panns/layout.ts';
import type { WeightsReader } from '../import-space.ts';
import { isPublished } from '../published-file.ts';
import { openCheckpoint } from '../torch/open-checkpoint.ts';
import { checkedWeights } from './checked-weights.ts';
import { checkpointLayout } from './checkpoint-layout.ts';
import { PANNS_NETWORKS } from './networks.ts';
import { pannsCard } from './panns-card.ts';
import { checkStoredFrontEnd } from './stored-front-end.ts';

/**
 * Checkpoints of PANNs.
 * @param model `panns-cnn14`, `panns-cnn10` or `panns-cnn6`
 * @param version becomes the last part of the space id
 * @param vector `mid-level` makes a space of its own, `<model>-mid-level-<version>`
 */
export function createPannsReader(model: string, version: number, vector: PannsVector = 'embedding'): WeightsReader {
  const network = PANNS_NETWORKS[model];
  if (!network) throw new RangeError(`no network is called ${model}`);
  return {
    published: network.published,
    recognise: (sums) => {
      const other = Object.entries(PANNS_NETWORKS).find(([, { published }]) => isPublished(sums, published));
      return other && `the published ${other[1].name}: earshot models add ${other[0]}`;
    },
    open: (path, origin) => {
      const checkpoint = openCheckpoint(path);
      try {
        const layout = checkpointLayout(checkpoint, network);
        const draft = pannsCard({ model, version, network, layout, vector, origin });
        const weights = checkedWeights(checkpoint, checkpoint.file);
        return {
          draft,
          makeGraph: (metadata) => {
            checkStoredFrontEnd(weights, checkpoint.file);
            return pannsGraph(weights, { id: draft.id, layout, vector, metadata });
          },
          close: () => checkpoint.close(),
        };
      } catch (error) {
        checkpoint.close();
        throw error;
      }
    },
  };
}
