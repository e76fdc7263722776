import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../../../src/services/landing');
/** A room uses only those before it. */
const rooms = [
  'prediction',
  'structural',
  'candidates',
  'validation',
  'resolution',
  'choosing',
  'train',
  'review',
  'apart',
];

it('the way from a branch to the target goes through the rooms of landing in one direction', () => {
  expect(readdirSync(root).filter((name) => !name.includes('.'))).toEqual([...rooms].sort());
  const back = rooms.flatMap((room, place) =>
    readdirSync(join(root, room)).flatMap((file) => {
      const text = readFileSync(join(root, room, file), 'utf8');
      const used = [...text.matchAll(/from '\.\.\/(\w+)\//g)].map((match) => match[1]!);
      return used
        .filter((other) => rooms.indexOf(other) > place)
        .map((other) => `${room}/${file} -> ${other}`);
    }),
  );
  expect(back).toEqual([]);
});
