/** How the export stage quantises by default. */
import { withDefaults } from '../../src/base/schema.ts';
import type { QuantisationPolicy } from '../../src/spinnaker/quantise/quantise.ts';
import { paramsSchema } from '../../stages/export/params.ts';

export const defaultPolicy: QuantisationPolicy = withDefaults(paramsSchema, {}).export.quantisation;
