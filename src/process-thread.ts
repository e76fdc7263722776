/** The thread that runs the screen's programs, as services/platform/processes/apart.ts tells it. */
import { parentPort } from 'node:worker_threads';
import { serveProcesses } from './services/platform/processes/serve.js';

if (parentPort) serveProcesses(parentPort);
