// SPDX-License-Identifier: Apache-2.0
import {
  CNN6_ARCHITECTURE,
  CNN10_ARCHITECTURE,
  CNN14_ARCHITECTURE,
  type PannsArchitecture,
} from '../../build/spaces/panns/layout.ts';
import type { PublishedFile } from '../published-file.ts';

/** A network of PANNs that can be imported. */
export interface PannsNetwork {
  /** As in the paper. */
  readonly name: string;
  readonly architecture: PannsArchitecture;
  readonly published: PublishedFile;
}

/** Where the authors publish their weights, under CC-BY-4.0. */
export const PANNS_RECORD = 'https://zenodo.org/records/3987831';

/** Sums as the record and several other projects give them; the record has md5 only. */
export const PANNS_NETWORKS: Readonly<Record<string, PannsNetwork>> = {
  'panns-cnn14': {
    name: 'Cnn14',
    architecture: CNN14_ARCHITECTURE,
    published: {
      file: 'Cnn14_mAP=0.431.pth',
      bytes: 327_428_481,
      md5: '541141fa2ee191a88f24a3219fff024e',
      sha256: '0dc499e40e9761ef5ea061ffc77697697f277f6a960894903df3ada000e34b31',
    },
  },
  'panns-cnn10': {
    name: 'Cnn10',
    architecture: CNN10_ARCHITECTURE,
    published: { file: 'Cnn10_mAP=0.380.pth', bytes: 25_237_595, md5: 'bfb1f1f9968938fa8ef4012b8471f5f6' },
  },
  'panns-cnn6': {
    name: 'Cnn6',
    architecture: CNN6_ARCHITECTURE,
    published: { file: 'Cnn6_mAP=0.343.pth', md5: 'e25e26b84585b14c7754c91e48efc9be' },
  },
};
