/** Changes of which is known what the policies are to say: at least eighty that weaken or leak, and harmless ones. */
import type { Seed } from './seeds/change.js';
import { ofDefinitions } from './seeds/definitions.js';
import { ofLookingAway, ofStandIns } from './seeds/stand-ins.js';
import { ofText } from './seeds/text.js';
import { ofOtherDefinitions, ofOtherForms } from './seeds/variants.js';
import { ofRunners, ofTools } from './seeds/variants-of-runners.js';
import { ofMoreTests, ofTests } from './seeds/weakened.js';

export { harmless } from './seeds/harmless.js';

export const seeds: readonly Seed[] = [
  ...ofTests,
  ...ofMoreTests,
  ...ofOtherForms,
  ...ofDefinitions,
  ...ofOtherDefinitions,
  ...ofRunners,
  ...ofTools,
  ...ofStandIns,
  ...ofLookingAway,
  ...ofText,
];
