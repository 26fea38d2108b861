// SPDX-License-Identifier: Apache-2.0
import { EuiCallOut, EuiSpacer } from '@elastic/eui';
import type { ReactNode } from 'react';
import type { StatusAnswer } from '../../../contract/answers.ts';
import { ICON } from '../core/icon-names.ts';

/** What is not ready, before anyone searches in vain. */
export function StatusCallOuts({ status }: { status: StatusAnswer }): ReactNode {
  const broken = [
    { title: 'Elasticsearch does not answer', ...status.elasticsearch },
    { title: 'The inference service does not answer, so uploads do not work', ...status.inference },
    ...(status.elasticsearch.ok ? status.spaces : []).map(({ id, ok, reason }) => ({
      title: `Space ${id}`,
      ok,
      reason,
    })),
  ].filter(({ ok }) => !ok);
  return broken.map(({ title, reason }) => (
    <div key={title}>
      <EuiCallOut
        announceOnMount
        title={title}
        color="warning"
        iconType={ICON.warning}
        size="s"
        data-test-subj="broken"
      >
        <p>{reason}</p>
      </EuiCallOut>
      <EuiSpacer size="s" />
    </div>
  ));
}
