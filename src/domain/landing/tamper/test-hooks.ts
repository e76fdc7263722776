/** Programs that run with the tests, and build files that name them: what in these leaves tests out. */
import type { FileTexts } from './test-files.js';
import type { Weakening } from './weakening.js';

/** What in a program that runs with the tests can leave some out, or let them pass. */
export const pytestHooks =
  /\bsys\.path\b[^\n]*["'][^"'\n]*(?:stub|mock|fake|dumm)[^"'\n]*["']|\b(?:collect_ignore\w*\s*[=+]|pytest_(?:collection_modifyitems|ignore_collect|collect_file|pycollect_\w+|itemcollected|deselected|runtest_\w+|pyfunc_call|sessionfinish|report_teststatus|exception_interact)\b|config\.(?:option\.\w+|args)\s*(?:=(?!=)|\.)|os\._exit|sys\.exit|pytest\.exit|builtins\.|sys\.meta_path|sys\.modules\[|unittest\.TestCase\.\w+\s*=|add_marker\(\s*pytest\.mark\.(?:skip|xfail)|outcome\s*=|exitstatus\s*=|AssertionError|ast\.NodeTransformer)/g;
/** What in a file of sessions or tasks lets failures pass. */
export const sessions =
  /\b(?:success_codes|return_code|ignore_errors|rescue\b|exit\s*\(?0|abort_on_failure)/g;

/** What of that shape is new, and which hooks that decide on tests are others now. */
export function byHooks({ path, before, after }: FileTexts, shape: RegExp): Weakening[] {
  const strip = (text: string) => text.replace(/^\s*#.*$/gm, '');
  const old = strip(before).match(shape) ?? [];
  const left = [...old];
  const news = (strip(after).match(shape) ?? []).filter((item) => {
    const at = left.indexOf(item);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  const changed = hookBodies(before).filter(([name, body]) => {
    const now = hookBodies(after).find(([other]) => other === name)?.[1];
    // What only cleans up when all is told decides on nothing.
    const cleansUp =
      name === 'pytest_sessionfinish' &&
      !/exit|status|outcome|report|failed|session\b/.test(bodyOf(body) + bodyOf(now ?? ''));
    return now !== undefined && now !== body && !cleansUp;
  });
  const told = (name: string, what: string) => ({
    path,
    line: lineOfSetting(after, name),
    what: `${name.trim()} ${what}`,
    ...(asksMachine(name, strip(after)) ? { held: 'it asks what the machine has' } : {}),
  });
  return [
    ...news
      .filter((item) => !decidesNothing(item, strip(after)))
      .map((item) => told(item, 'can leave tests out or let them pass')),
    ...changed
      .filter(([name]) => !news.some((item) => item.includes(name)))
      .map(([name]) => told(name, 'decides on tests, and is another now')),
  ];
}

/** What asks for a system, a version, or what one of them has. */
const ofMachine =
  /\bif\b.*(?:\bsys\.(?:platform|version_info|implementation)\b|\bos\.name\b|\bplatform\.\w+\(|\bhasattr\(\s*(?:os|sys|socket|signal|select|time|asyncio|ssl|mmap)\s*,|\bfind_spec\(|\bshutil\.which\()/;

/** Whether a hook that marks or leaves out tests, or a list of what is not collected, asks for the machine at its place. */
function asksMachine(item: string, text: string): boolean {
  const name = /pytest_(?:collection_modifyitems|ignore_collect|runtest_setup|itemcollected)/.exec(item)?.[0];
  if (name !== undefined || /add_marker/.test(item)) {
    const bodies = hookBodies(text).filter(([hook]) => name === undefined || hook === name);
    return bodies.length > 0 && bodies.every(([, body]) => ofMachine.test(body));
  }
  if (!item.startsWith('collect_ignore')) return false;
  return new RegExp(`${ofMachine.source}.*:\\s*\\n[ \\t]+${item.replace(/\W/g, '\\$&')}`).test(text);
}

/** Whether a hook round each test is handed no test, and only calls something: it prepares, and leaves nothing out. */
function decidesNothing(item: string, text: string): boolean {
  if (!/^pytest_runtest_(?:setup|teardown)$/.test(item)) return false;
  const head = new RegExp(`^def ${item}\\(\\)[^\\n]*:\\n((?:(?:[ \\t].*)?\\n)*)`, 'm').exec(text);
  const prepares = /^\s*(?:[\w.]*\.(?:cache_clear|clear|reset|collect|close)\(\))?$/;
  return head !== null && head[1]!.split('\n').every((line) => prepares.test(line));
}

function hookBodies(text: string): [string, string][] {
  const shape =
    /^def (pytest_(?:collection_modifyitems|ignore_collect|runtest_\w+|sessionfinish|pyfunc_call|report_teststatus)).*\n(?:(?:[ \t].*)?\n)*/gm;
  return [...text.matchAll(shape)].map((match) => [match[1]!, asWritten(match[0])]);
}

/** What stands below the head of a hook. */
const bodyOf = (hook: string): string => hook.slice(hook.indexOf('\n') + 1);

/** Without what a formatter changes: where lines begin is a part of what they say, unless a bracket is open. */
function asWritten(text: string): string {
  let depth = 0;
  const lines: string[] = [];
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const said = line
      .trim()
      .replace(/(?<!\w)\s+|\s+(?!\w)/g, '')
      .replaceAll("'", '"');
    if (depth > 0) lines[lines.length - 1] += said;
    else lines.push(/^\s*/.exec(line)![0] + said);
    for (const sign of said) depth += '([{'.includes(sign) ? 1 : ')]}'.includes(sign) ? -1 : 0;
  }
  return lines.join('\n').replace(/,(?=[)\]}])/g, '');
}

const addsTest =
  /\b(?:add_test|gtest_discover_tests|catch_discover_tests|add_\w*test\w*|test)\s*\(([^)]*)\)/gi;
const switchesOn =
  /\b(?:enable_testing|include\s*\(\s*CTest|add_subdirectory\s*\(\s*"?tests?|subdir\s*\(\s*'tests?)/gi;
const turnsOff = /WILL_FAIL|DISABLED\s+(?:TRUE|ON|1)|should_fail\s*:\s*true|\breturn\s*\(\s*\)/g;

/** Tests that a build file names. */
export function fewerTests({ path, before, after }: FileTexts): Weakening[] {
  if (before === '') return [];
  const [old, now] = [before, after].map((text) => text.replace(/#.*$/gm, '')) as [string, string];
  const names = (text: string) =>
    [...text.matchAll(addsTest)].map((match) =>
      match[1]!.includes('${name}') || /^\s*name\b/.test(match[1]!)
        ? []
        : (match[1]!.match(/[\w.:-]{3,}/g) ?? [])
            .filter((word) => !/^(?:NAME|COMMAND)$/.test(word))
            .slice(0, 3),
    );
  const left = new Set(names(now).flat());
  const gone = names(old).find((words) => words.length > 0 && !words.some((word) => left.has(word)));
  if (gone) return [{ path, line: 1, what: `the test ${gone[0]} is named no more` }];
  const many = (text: string, shape: RegExp) => text.match(shape)?.length ?? 0;
  const idle = /\bCOMMAND\s+(?:(?:\/\S*\/)?(?:true|echo)\b|\$\{CMAKE_COMMAND\}\s+-E\s+(?:true|echo)\b)/g;
  if (many(now, idle) > many(old, idle))
    return [{ path, line: 1, what: 'a test runs nothing of the program' }];
  if (many(now, switchesOn) < many(old, switchesOn)) return [{ path, line: 1, what: 'turns tests off' }];
  if (many(now, turnsOff) > many(old, turnsOff)) return [{ path, line: 1, what: 'turns tests off' }];
  return [];
}

/** The line on which the last part of a key stands first. */
export function lineOfSetting(text: string, key: string): number {
  const last = key.slice(key.lastIndexOf('.') + 1);
  const at = text.indexOf(last);
  return at < 0 ? 1 : text.slice(0, at).split('\n').length;
}
