/** The demo: a sample repository with scripted agents, made here and played by `play.ts`. */
export { createDemo, type Demo, type DemoOptions } from './create.js';
export { type DemoReport, playDemo, prepareDemo } from './play.js';
