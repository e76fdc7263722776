/** What the other systems run: everything that stands where scripts stand in their files. */
import { type CiStep, checkVariables } from './ci-step.js';
import { below, isRecord, type ProjectFiles } from './files.js';
import { noCheck } from './kinds.js';

/** Files of systems that say what to run in YAML, by path. */
const yamlFiles =
  /^(?:\.gitlab-ci\.ya?ml|\.gitlab\/.*\.ya?ml|\.gitlab-ci\/.*\.ya?ml|\.circleci\/config\.ya?ml|\.travis\.ya?ml|\.cirrus\.ya?ml|\.?azure-pipelines\.ya?ml|\.?azure-pipelines\/.*\.ya?ml|\.drone\.ya?ml|\.woodpecker\.ya?ml|\.woodpecker\/.*\.ya?ml|\.buildkite\/.*\.ya?ml|bitbucket-pipelines\.ya?ml|\.builds\/.*\.ya?ml|\.semaphore\/.*\.ya?ml)$/;

/** Keys below which there are commands. */
const scriptKey = /^(?:script|run|command|commands|bash|sh|\w+_script)$/;
/** Keys that name no job. */
const structure =
  /^(?:jobs|steps|step|tasks|stages|pipelines?|default|branches|pull-requests|script|include|matrix|parallel|\*+|\d+)$/;

/** The steps of every file of another system than GitHub's. */
export function otherSteps(files: ProjectFiles): CiStep[] {
  const steps = [...files.data]
    .filter(([path]) => yamlFiles.test(path))
    .flatMap(([path, data]) => walk(data, { file: path, job: '', folder: '', env: {}, here: true }));
  const jenkins = files.texts.get('Jenkinsfile');
  return jenkins === undefined ? steps : [...steps, ...jenkinsSteps(jenkins)];
}

type Place = Pick<CiStep, 'file' | 'job' | 'folder' | 'env' | 'here'>;

function walk(value: unknown, place: Place): CiStep[] {
  if (Array.isArray(value)) return value.flatMap((one: unknown) => walk(one, place));
  if (!isRecord(value)) return [];
  const name = String(value.displayName ?? value.name ?? value.label ?? '');
  if (value.when === 'manual' || noCheck(String(value.stage ?? ''))) return [];
  const wanted = value.working_directory ?? value.workingDirectory;
  const folder =
    typeof wanted === 'string' ? (below('', wanted.replace(/^~\/\w+\/?/, '')) ?? '') : place.folder;
  const system = JSON.stringify([
    value.condition,
    value.os,
    value.pool,
    value.vmImage,
    value.executor,
  ]).toLowerCase();
  const env = {
    ...place.env,
    ...checkVariables(value.variables),
    ...checkVariables(value.environment),
    ...checkVariables(value.env),
  };
  const here = place.here && !/windows|macos|osx|freebsd/.test(system);
  const inside: Place = { ...place, folder, env, here };
  return Object.entries(value).flatMap(([key, one]) => {
    if (
      noCheck(key) ||
      /^(?:before_script|after_script|before_install|install|deploy|rules|cache|artifacts|services)$/.test(
        key,
      )
    )
      return [];
    if (scriptKey.test(key)) {
      const lines = scriptsIn(one);
      if (lines.length > 0)
        return [
          {
            ...inside,
            name: name || (isRecord(one) ? String(one.name ?? '') : ''),
            script: lines.join('\n'),
          },
        ];
    }
    return walk(one, structure.test(key) || scriptKey.test(key) ? inside : { ...inside, job: key });
  });
}

function scriptsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flat(3).filter((one): one is string => typeof one === 'string');
  if (isRecord(value)) return scriptsIn(value.command);
  return [];
}

function jenkinsSteps(text: string): CiStep[] {
  const place = { file: 'Jenkinsfile', folder: '', env: {}, here: true };
  let job = '';
  return text.split('\n').flatMap((line) => {
    job = /\bstage\s*\(\s*['"]([^'"]+)/.exec(line)?.[1] ?? job;
    const script = /\bsh\s*\(?\s*(?:script:\s*)?(['"]{1,3})(.+?)\1/.exec(line)?.[2];
    return script && !noCheck(job) ? [{ ...place, job, name: '', script }] : [];
  });
}

/** Whether the file says what CI runs. */
export const isCiFile = (path: string): boolean =>
  yamlFiles.test(path) ||
  path === 'Jenkinsfile' ||
  /^\.(?:github|forgejo|gitea)\/(?:workflows\/[^/]+|actions\/(?:.+\/)?action)\.ya?ml$/.test(path);
