/** Settings of a training run as the train stage makes them of its defaults. */
import { withDefaults } from '../../src/base/schema.ts';
import type { StartSettings, TrainingSettings } from '../../src/snn/training/training-settings.ts';
import { paramsSchema } from '../../stages/train/params.ts';
import { startSettings, trainingSettings } from '../../stages/train/settings.ts';

const { train } = withDefaults(paramsSchema, {});

export const defaultSettings: TrainingSettings = trainingSettings(train, 1);
export const defaultStart: StartSettings = startSettings(train, defaultSettings);
