// SPDX-License-Identifier: Apache-2.0
import { EuiTitle } from '@elastic/eui';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useBackend } from './backend-context.tsx';

/** Says what the rows below sound like; its id while the title is not known. */
export function ExampleLine({ like }: { like: string }): ReactNode {
  const backend = useBackend();
  const { data } = useQuery({
    queryKey: ['example', like],
    queryFn: ({ signal }) => backend.exampleTitle(like, signal),
    retry: false,
  });
  return (
    <EuiTitle size="xs">
      <h2 data-test-subj="example">Sounds like “{data ?? like}”</h2>
    </EuiTitle>
  );
}
