import { expect, it } from '@jest/globals';
import { checkTeller } from '../../../../src/services/landing/validation/tell-checks.js';

const check = (name: string) => ({ name, kind: 'test' as const, run: ['true'], when: [], timeout: '60s' });
const passed = (name: string) => ({
  name,
  kind: 'test',
  status: 'pass' as const,
  durationMs: 1,
  summary: '',
});

it('what checks write side by side comes by whole lines, and as it is written where one runs alone', async () => {
  const heard: string[] = [];
  const hear = (chunk: Uint8Array | string) => heard.push(String(Buffer.from(chunk)));
  const telling = checkTeller({ stage() {}, hear }, 2);
  type Write = (text: string) => void;
  const start = (name: string) => {
    let end = () => {};
    let write: Write = () => {};
    const ended = telling(check(name), async ({ onOutput }) => {
      write = (text) => onOutput?.(Buffer.from(text));
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      return passed(name);
    });
    const finish = () => {
      end();
      return ended;
    };
    return { write: (text: string) => write(text), end: finish };
  };
  const one = start('one');
  one.write('do');
  one.write('ts\n');
  expect(heard.splice(0)).toEqual(['do', 'ts\n']);
  const two = start('two');
  one.write('first ');
  two.write('other\nha');
  one.write('line\n');
  two.write('lf');
  expect(heard.splice(0)).toEqual(['other\n', 'first line\n']);
  await one.end();
  await two.end();
  expect(heard).toEqual(['one: pass in 0.0s\n', 'half\n', 'two: pass in 0.0s\n']);
});
