/** One step of CI, from whichever system: a script, where it runs and what for. */

export interface CiStep {
  /** File that says it, its job and what the step is called. */
  file: string;
  job: string;
  name: string;
  script: string;
  /** Folder of the repository in which it runs. */
  folder: string;
  env: Record<string, string>;
  /** False: it runs on another system than ours. */
  here: boolean;
}

/** Variables that say what a check is, and nothing of the machine, the account or the look. */
export function checkVariables(env: unknown): Record<string, string> {
  if (typeof env !== 'object' || env === null || Array.isArray(env)) return {};
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]): [string, string][] => {
      const said = String(value);
      const isNoise =
        /COLOR|^CI$|GITHUB|TOKEN|SECRET|KEY|CACHE|PASS|^PATH$|INCREMENTAL|BACKTRACE|RETRY|^NODE_OPTIONS$|TELEMETRY|CODECOV|^HOME$|DIR$|VERSION$/i;
      return !/^[A-Z_]\w*$/.test(name) ||
        isNoise.test(name) ||
        said === '' ||
        said.includes('${{') ||
        said.includes('\n')
        ? []
        : [[name, said]];
    }),
  );
}
