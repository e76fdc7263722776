import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { main } from '../src/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'tourbook-'));
after(() => rmSync(folder, { recursive: true }));

let made = 0;
const purse = () => join(folder, `${++made}.json`);

test('what is added is listed', () => {
  const file = purse();
  main(['add', 'kim', '48', 'petrol', '2026-05-02'], file);
  main(['add', 'lou', '31.50', 'pizza', '2026-05-03'], file);
  assert.deepEqual(main(['list'], file), ['2026-05-02  kim  48.00  petrol', '2026-05-03  lou  31.50  pizza']);
});

test('without a command it says how it is used', () => {
  assert.equal(main([])[0], 'usage: tourbook COMMAND');
});
