// SPDX-License-Identifier: Apache-2.0
import { act, cleanup, configure, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StatusAnswer } from '../../contract/answers.ts';
import { App } from './app.tsx';
import { BackendError } from './core/backend-error.ts';
import { createStandInBackend, someAnswer, someStatus } from './testing/stand-in-backend.ts';

configure({ testIdAttribute: 'data-test-subj' });

beforeAll(() => {
  // jsdom plays nothing: what matters here is what the page asks of the element.
  vi.spyOn(HTMLMediaElement.prototype, 'play').mockResolvedValue();
  vi.spyOn(HTMLMediaElement.prototype, 'pause').mockReturnValue();
});
beforeEach(() => {
  window.location.hash = '';
  localStorage.clear();
});
afterEach(cleanup);

function open(hash = '', status: StatusAnswer = someStatus()) {
  window.location.hash = hash;
  const standIn = createStandInBackend(status);
  render(<App backend={standIn.backend} />);
  return standIn;
}

async function openWithRows(hash = '#/search?like=a') {
  const standIn = open(hash);
  await act(async () => standIn.searches[0]?.resolve(someAnswer({})));
  return standIn;
}

describe('the page', () => {
  it('invites to search when nothing was searched', async () => {
    open();
    expect(await screen.findByTestId('start')).toBeTruthy();
  });

  it('shows the rows of the example in its address, with rank, span, similarity and latency', async () => {
    await openWithRows();
    const [first, second] = await screen.findAllByTestId('hit');
    expect(within(first!).getByText('0:02–0:04')).toBeTruthy();
    expect(within(first!).getByText('0.900')).toBeTruthy();
    expect(second!.textContent).toContain('−0.100');
    expect(screen.getByTestId('latency').textContent).toBe(
      '2 hits · decode 12 ms · embed 38 ms · search 4 ms · 61 ms in all',
    );
  });

  it('searches by a hit when told "more like this", and writes it into the address', async () => {
    const { searches } = await openWithRows();
    fireEvent.click((await screen.findAllByTestId('like'))[1]!);
    await waitFor(() => expect(searches).toHaveLength(2));
    expect(window.location.hash).toBe('#/search?like=track-2');
  });

  it('says what the rows sound like, and forgets the file once its query id stands for it', async () => {
    const { uploads } = open();
    const input = await waitFor(() => document.querySelector<HTMLInputElement>('input[type=file]')!);
    fireEvent.change(input, { target: { files: [new File(['x'], 'hum.wav')] } });
    await act(async () => uploads[0]?.resolve(someAnswer({ queryId: '42' })));
    expect(await screen.findByText('Sounds like “Title of q:42”')).toBeTruthy();
    // A fresh picker: the old one would go on naming the file when other rows are shown.
    expect(input.isConnected).toBe(false);
  });

  it('stands an upload in for its query id in the address', async () => {
    const { uploads } = open();
    const input = await waitFor(() => document.querySelector<HTMLInputElement>('input[type=file]')!);
    fireEvent.change(input, { target: { files: [new File(['x'], 'hum.wav')] } });
    expect(await screen.findByText('Listening to your recording …')).toBeTruthy();
    await act(async () => uploads[0]?.resolve(someAnswer({ queryId: '42' })));
    await screen.findAllByTestId('hit');
    expect(window.location.hash).toBe('#/search?like=q%3A42');
  });

  it('plays a hit from its matched second in the one audio element', async () => {
    await openWithRows();
    fireEvent.click((await screen.findAllByTestId('play'))[0]!);
    const audio = screen.getByTestId<HTMLAudioElement>('player-audio');
    expect(audio.getAttribute('src')).toBe('api/audio/track-1');
    fireEvent.loadedMetadata(audio);
    expect(audio.currentTime).toBe(2);
    fireEvent.play(audio);
    expect((await screen.findAllByTestId('play'))[0]!.getAttribute('aria-pressed')).toBe('true');
    expect(document.querySelectorAll('audio')).toHaveLength(1);
    expect(await screen.findByTestId('player-dock')).toBeTruthy();
  });

  it('pauses at the end of the matched window', async () => {
    await openWithRows();
    fireEvent.click((await screen.findAllByTestId('play'))[0]!);
    const audio = screen.getByTestId<HTMLAudioElement>('player-audio');
    const pause = vi.mocked(HTMLMediaElement.prototype.pause);
    pause.mockClear();
    audio.currentTime = 3.9;
    fireEvent.timeUpdate(audio);
    expect(pause).not.toHaveBeenCalled();
    audio.currentTime = 4.1;
    fireEvent.timeUpdate(audio);
    expect(pause).toHaveBeenCalledOnce();
  });

  it.each([
    ['INFERENCE_UNAVAILABLE', 'The inference service does not answer'],
    ['PANEL_QUERY_EXPIRED', 'This upload has expired'],
    ['QUERY_AUDIO_UNUSABLE', 'This recording cannot be searched for'],
    ['INDEX_MISSING', 'This library is not indexed yet'],
    ['PANEL_UPLOAD_TOO_LARGE', 'The file is too large'],
    ['PANEL_UNREACHABLE', 'The panel is offline'],
    ['ELASTICSEARCH_UNAVAILABLE', 'Elasticsearch does not answer'],
  ])('says what is wrong in its own words: %s', async (code, title) => {
    const { searches } = open('#/search?like=a');
    await act(async () => searches[0]?.reject(new BackendError(code, 'what happened', 'what to do')));
    const failure = await screen.findByTestId('failure');
    expect(failure.textContent).toContain(title);
    expect(failure.textContent).toContain('what to do');
  });

  it('tells an empty result apart from one that the filters emptied', async () => {
    const { searches } = open('#/search?like=a&genre=folk');
    await act(async () => searches[0]?.resolve(someAnswer({ hits: [], total: 0 })));
    expect((await screen.findByTestId('no-hits')).textContent).toContain('chosen filters');
    fireEvent.click(screen.getByText('Clear the filters'));
    await waitFor(() => expect(searches).toHaveLength(2));
    await act(async () => searches[1]?.resolve(someAnswer({ hits: [], total: 0 })));
    expect((await screen.findByTestId('no-hits')).textContent).toContain('No recording of this library');
  });

  it('offers no upload and says why when the inference service is away', async () => {
    const reason = 'Connection refused. Start it.';
    open(
      '',
      someStatus({
        inference: { ok: false, reason },
        capabilities: { ...someStatus().capabilities, upload: { ok: false, reason } },
      }),
    );
    expect((await screen.findByTestId('broken')).textContent).toContain(reason);
    expect(document.querySelector<HTMLInputElement>('input[type=file]')!.disabled).toBe(true);
  });

  it('remembers dark mode', async () => {
    open();
    fireEvent.click(await screen.findByTestId('colour-mode'));
    expect(localStorage.getItem('earshot.colour-mode')).toBe('dark');
    cleanup();
    open();
    expect((await screen.findByTestId('colour-mode')).getAttribute('aria-label')).toBe('Light mode');
  });

  it('opens the request with a Dev Tools link', async () => {
    await openWithRows();
    fireEvent.click(await screen.findByTestId('inspect'));
    const flyout = await screen.findByTestId('inspect-flyout', {}, { timeout: 20_000 });
    const link = await within(flyout).findByTestId('dev-tools');
    expect(link.getAttribute('href')).toMatch(/^http:\/\/kibana\.example:5601\/app\/dev_tools#\/console\?load_from=/);
  });

  it('focuses the id field on "/", but not while typing', async () => {
    open();
    const field = await screen.findByTestId('id');
    fireEvent.keyDown(document.body, { key: '/' });
    expect(document.activeElement).toBe(field);
    field.blur();
    fireEvent.keyDown(screen.getByTestId('k'), { key: '/' });
    expect(document.activeElement).not.toBe(field);
  });
});
