/** Resolves conflicts: by recorded resolutions, rules, a model, or a person. */
export { isModelMade } from './apply.js';
export { resolveByHand } from './by-hand.js';
export { readResolution } from './record.js';
export { type ForgetReport, forgetResolution, rememberLanded } from './remembered.js';
export { nextAfterMerge } from './report.js';
export { type ResolveOptions, resolveTask } from './resolve.js';
export type { ModelState } from './types.js';
