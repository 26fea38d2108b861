// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { registerApply } from './apply.ts';
import { registerConfig } from './config.ts';
import { registerDestroy } from './destroy.ts';
import { registerDoctor } from './doctor.ts';
import { registerDrift } from './drift.ts';
import { registerEvaluate } from './evaluate.ts';
import { registerInference } from './inference.ts';
import { registerKibana } from './kibana.ts';
import { registerLocal } from './local.ts';
import { registerModels } from './models.ts';
import { registerPlan } from './plan.ts';
import { registerSearch } from './search.ts';
import { registerServe } from './serve.ts';
import { registerSync } from './sync.ts';

/** One entry per command file, in the order of --help. */
export const COMMANDS: readonly ((program: Command) => void)[] = [
  registerDoctor,
  registerPlan,
  registerApply,
  registerDrift,
  registerDestroy,
  registerSync,
  registerSearch,
  registerKibana,
  registerModels,
  registerEvaluate,
  registerConfig,
  registerInference,
  registerServe,
  registerLocal,
];
