// SPDX-License-Identifier: Apache-2.0
import { parentPort, workerData } from 'node:worker_threads';
import { type CorpusPart, corpusStatistics } from './corpus-statistics.ts';

parentPort?.postMessage(corpusStatistics(workerData as CorpusPart));
