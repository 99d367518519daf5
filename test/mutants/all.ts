/** Every fault that can be planted. */
import { analysisMutants } from './analysis.ts';
import { boardMutants } from './board.ts';
import { kernelMutants } from './kernel.ts';
import type { Mutant } from './mutant.ts';
import { pageMutants } from './page.ts';
import { paramsMutants } from './params.ts';
import { planMutants } from './plan.ts';
import { productMutants } from './products.ts';
import { remoteMutants } from './remote.ts';
import { runnerMutants } from './runner.ts';
import { scriptMutants } from './scripts.ts';
import { stageMutants } from './stages.ts';
import { tableMutants } from './tables.ts';
import { trainingMutants } from './training.ts';

export const mutants: readonly Mutant[] = [
  ...analysisMutants,
  ...boardMutants,
  ...tableMutants,
  ...kernelMutants,
  ...trainingMutants,
  ...stageMutants,
  ...pageMutants,
  ...paramsMutants,
  ...productMutants,
  ...planMutants,
  ...runnerMutants,
  ...remoteMutants,
  ...scriptMutants,
];
