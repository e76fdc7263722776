import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { uiActions } from '../../views/actions.js';

it('every action that a key can be bound to is carried out somewhere', () => {
  const code = ['views/controller.ts', 'views/ui/navigate.ts']
    .map((file) => readFileSync(file, 'utf8'))
    .join();
  const missing = uiActions.filter(({ id }) => !/^ui\.pane-\d$/.test(id) && !code.includes(`case '${id}'`));
  expect(missing).toEqual([]);
});
