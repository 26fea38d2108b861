// SPDX-License-Identifier: Apache-2.0
import { EuiFlexGroup, EuiFlexItem, EuiHealth, EuiToolTip } from '@elastic/eui';
import type { ReactNode } from 'react';
import type { StatusAnswer } from '../../../contract/answers.ts';

interface Part {
  readonly name: string;
  readonly ok: boolean;
  readonly reason: string;
}

function partsOf(status: StatusAnswer): Part[] {
  const { elasticsearch, inference, spaces } = status;
  return [
    { name: 'Elasticsearch', ...elasticsearch },
    { name: 'Inference', ...inference },
    ...spaces.map(({ id, ok, reason, documents }) => ({
      name: `${id}: ${documents === null ? 'no index' : `${documents} recordings`}`,
      ok,
      reason: ok ? `library ${status.library}` : reason,
    })),
  ];
}

/** How each part is; never by colour alone. */
export function StatusBadges({ status }: { status: StatusAnswer | undefined }): ReactNode {
  const parts = status ? partsOf(status) : [];
  return (
    <EuiFlexGroup gutterSize="m" wrap responsive={false} data-test-subj="status">
      {parts.map(({ name, ok, reason }) => (
        <EuiFlexItem grow={false} key={name}>
          <EuiToolTip content={reason || 'fine'}>
            <EuiHealth color={ok ? 'success' : 'danger'} tabIndex={0}>
              {ok ? name : `${name} (not ready)`}
            </EuiHealth>
          </EuiToolTip>
        </EuiFlexItem>
      ))}
    </EuiFlexGroup>
  );
}
