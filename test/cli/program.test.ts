import { describe, expect, it } from '@jest/globals';
import { buildProgram } from '../../src/cli/program.js';
import { bareRequest, type Request } from '../../src/cli/request.js';
import { commands, groups } from '../../src/commands/registry.js';

function parse(...argv: string[]): { request?: Request; out: string; err: string } {
  const seen: { request?: Request; out: string; err: string } = { out: '', err: '' };
  const write = {
    out: (text: string) => {
      seen.out += text;
    },
    err: (text: string) => {
      seen.err += text;
    },
  };
  const program = buildProgram(commands, groups, '1.2.3', write, (request) => {
    seen.request = request;
  });
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!String((error as { code?: string }).code).startsWith('commander.')) throw error;
  }
  return seen;
}

it('is the same without a word as the parser makes of it', () => {
  expect(parse().request).toEqual(bareRequest());
});

describe('the command line', () => {
  it('is the bare program without words', () => {
    expect(parse().request).toMatchObject({ args: {}, flags: { tui: true, json: false, input: true } });
  });

  it('finds a command three words deep, with its argument', () => {
    expect(parse('task', 'worktree', 'add', 'parser').request).toMatchObject({
      id: 'task.worktree.add',
      args: { task: 'parser' },
    });
  });

  it('takes global flags before and after the command', () => {
    const flags = { json: true, input: false, cwd: '/tmp' };
    expect(parse('--json', '--no-input', '-C', '/tmp', 'task', 'list').request).toMatchObject({ flags });
    expect(parse('task', 'list', '--json', '--no-input', '-C', '/tmp').request).toMatchObject({ flags });
  });

  it('leaves colours to the terminal unless a flag says otherwise', () => {
    expect(parse('task', 'list').request?.flags.color).toBeUndefined();
    expect(parse('task', 'list', '--color').request?.flags.color).toBe(true);
    expect(parse('--no-color', 'task', 'list').request?.flags.color).toBe(false);
  });

  it('splits lists of names at commas, but not sentences', () => {
    expect(
      parse(
        'task',
        'add',
        'Title',
        '--depends-on',
        'a,b',
        '--depends-on',
        'c',
        '--acceptance',
        'one, and two',
      ).request,
    ).toMatchObject({ args: { title: 'Title', dependsOn: ['a', 'b', 'c'], acceptance: ['one, and two'] } });
  });

  it('spells a negative argument with --no- and reads it back', () => {
    expect(parse('task', 'complete', 'x', '--no-merge').request?.args).toEqual({ task: 'x', noMerge: true });
    expect(parse('task', 'complete', 'x').request?.args).toEqual({ task: 'x' });
  });

  it('takes the title of a task at its place or as a flag, and then the slug at that place', () => {
    expect(parse('task', 'add', 'Do it').request?.args).toEqual({ title: 'Do it' });
    expect(parse('task', 'add', '--title', 'Do it').request?.args).toEqual({ title: 'Do it' });
    expect(parse('task', 'add', 'it', '--title', 'Do it').request?.args).toEqual({
      title: 'Do it',
      slug: 'it',
    });
    const both = parse('task', 'add', 'x', '--title', 'Do it', '--slug', 'it');
    expect(both.request?.args).toEqual({ title: 'Do it', slug: 'it' });
  });

  it('takes any number of tasks', () => {
    expect(parse('merge', 'check', 'a', 'b').request?.args).toEqual({ tasks: ['a', 'b'] });
    expect(parse('merge', 'check').request?.args).toEqual({});
  });

  it.each([
    [['task', 'lst'], 'Did you mean list'],
    [['task', 'show'], "missing required argument 'task'"],
    [['merge', 'resolve'], '`codex-agent merge resolve --help` shows its arguments'],
    [['merge', 'file', 'a', 'b', 'c'], "required option '--path <path>' not specified"],
    [['statsu'], "unknown command 'statsu'\nDid you mean status?"],
    [['frobnicate', 'it'], "unknown command 'frobnicate'\n`codex-agent --help` lists the commands."],
    [['stop'], "unknown command 'stop'\nDid you mean task stop or manager stop?"],
    [['lanch'], "unknown command 'lanch'\nDid you mean manager launch?"],
    [['land', 'parser'], 'Did you mean merge land?'],
    [['status', 'extra'], "too many arguments for 'status'"],
    [['task', 'show', 'a', 'b'], "too many arguments for 'show'"],
    [['task', 'add', 'x', '--priority', 'huge'], 'Allowed choices are'],
    [['manager', 'launch', '--max-parallel', 'many'], 'whole number'],
    [['task', 'list', '--wat'], 'unknown option'],
  ])('refuses %j and says how to mend it', (argv, message) => {
    const { request, err } = parse(...argv);
    expect(request).toBeUndefined();
    expect(err).toContain(message);
  });

  it('says of every group what it is about', () => {
    const words = new Set(
      commands.flatMap(({ id }) =>
        id
          .split('.')
          .slice(0, -1)
          .map((_, at, all) => all.slice(0, at + 1).join('.')),
      ),
    );
    expect(Object.keys(groups).sort()).toEqual([...words].sort());
    expect(parse('--help').out).toContain('agents              See, edit and check the agents');
  });

  it('has help as a word too, for all and for one', () => {
    expect(parse('help').out).toBe(parse('--help').out);
    expect(parse('help', 'task').out).toBe(parse('task', '--help').out);
  });

  it('has help for every command', () => {
    for (const row of commands.filter(({ surfaces }) => surfaces.includes('cli'))) {
      const { out } = parse(...row.id.split('.'), '--help');
      expect(out).toContain(row.summary.slice(0, 40));
    }
  });
});
