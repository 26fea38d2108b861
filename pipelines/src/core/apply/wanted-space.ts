// SPDX-License-Identifier: Apache-2.0
import type { Card } from '@earshot/models';

/** What definitions need of an embedding space. */
export interface WantedSpace {
  readonly card: Pick<Card, 'id' | 'dims' | 'similarity' | 'hasTrackVector' | 'indexOptions' | 'melody'>;
  /** 12 hex digits. */
  readonly fingerprint: string;
}
