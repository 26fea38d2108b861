// SPDX-License-Identifier: Apache-2.0
import { createRoot } from 'react-dom/client';
import { createHttpBackend } from './adapters/http-backend.ts';
import { App } from './app.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(<App backend={createHttpBackend()} />);
