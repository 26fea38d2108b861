// SPDX-License-Identifier: Apache-2.0
import {
  copyToClipboard,
  EuiButton,
  EuiButtonEmpty,
  EuiCodeBlock,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFlyout,
  EuiFlyoutBody,
  EuiFlyoutFooter,
  EuiFlyoutHeader,
  EuiTabbedContent,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { SearchAnswer } from '../../../contract/answers.ts';
import { consoleText, devToolsLink } from '../core/dev-tools.ts';
import { ICON } from '../core/icon-names.ts';
import type { SnippetLanguage } from '../core/search-backend.ts';
import { useBackend } from './backend-context.tsx';

function Code({ language, text }: { language: string; text: string }): ReactNode {
  return (
    <EuiCodeBlock language={language} fontSize="s" paddingSize="m" isCopyable overflowHeight="60vh" tabIndex={0}>
      {text}
    </EuiCodeBlock>
  );
}

function Snippet({ language, source }: { language: SnippetLanguage; source: string }): ReactNode {
  const backend = useBackend();
  const { data, error } = useQuery({
    queryKey: ['snippet', language, source],
    queryFn: ({ signal }) => backend.snippet(language, source, signal),
  });
  if (error) return <EuiText size="s">{error.message}</EuiText>;
  return <Code language={language === 'curl' ? 'bash' : language} text={data?.code ?? '…'} />;
}

function tabsOf(answer: SearchAnswer, source: string) {
  const { request, ...response } = answer;
  const tab = (id: string, name: string, content: ReactNode) => ({ id, name, content, 'data-test-subj': `tab-${id}` });
  return [
    tab('request', 'Request', <Code language="json" text={source} />),
    tab('response', 'Response', <Code language="json" text={JSON.stringify(response, undefined, 2)} />),
    tab('curl', 'curl', <Snippet language="curl" source={source} />),
    tab('javascript', 'JavaScript', <Snippet language="javascript" source={source} />),
    tab('python', 'Python', <Snippet language="python" source={source} />),
  ];
}

interface Props {
  readonly answer: SearchAnswer;
  readonly kibanaUrl: string | null;
  readonly onClose: () => void;
}

/** What was asked of Elasticsearch and what came back, ready to be run again elsewhere. */
export function InspectFlyout({ answer, kibanaUrl, onClose }: Props): ReactNode {
  const source = consoleText(answer.request);
  const link = kibanaUrl === null ? undefined : devToolsLink(kibanaUrl, answer.request);
  const whyNoLink = kibanaUrl === null ? 'Set KIBANA_URL to open requests in Dev Tools.' : 'Too long for a link.';
  return (
    <EuiFlyout onClose={onClose} size="m" aria-labelledby="inspect-title" data-test-subj="inspect-flyout">
      <EuiFlyoutHeader hasBorder>
        <EuiTitle size="m">
          <h2 id="inspect-title">Inspect this search</h2>
        </EuiTitle>
      </EuiFlyoutHeader>
      <EuiFlyoutBody>
        <EuiTabbedContent tabs={tabsOf(answer, source)} size="s" />
      </EuiFlyoutBody>
      <EuiFlyoutFooter>
        <EuiFlexGroup alignItems="center" gutterSize="s">
          <EuiFlexItem grow={false}>
            <EuiButtonEmpty iconType={ICON.copy} onClick={() => copyToClipboard(source)} data-test-subj="copy-request">
              Copy for Dev Tools
            </EuiButtonEmpty>
          </EuiFlexItem>
          <EuiFlexItem grow={false}>
            {link ? (
              <EuiButton href={link} target="_blank" iconType={ICON.devTools} data-test-subj="dev-tools">
                Open in Dev Tools
              </EuiButton>
            ) : (
              <EuiText size="xs">{whyNoLink}</EuiText>
            )}
          </EuiFlexItem>
        </EuiFlexGroup>
      </EuiFlyoutFooter>
    </EuiFlyout>
  );
}
