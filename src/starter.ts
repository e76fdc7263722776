/** The small process that runs the screen's programs, as services/platform/processes/apart.ts tells it. */
import { serveProcesses } from './services/platform/processes/serve.js';

serveProcesses();
