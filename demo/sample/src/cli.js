#!/usr/bin/env node
/** The command line: one row per command. */
import { pathToFileURL } from 'node:url';
import { addEntry, balances } from './ledger.js';
import { formatAmount, parseAmount } from './money.js';
import { load, save } from './store.js';
import { table } from './table.js';

const commands = {
  add: { summary: 'NAME AMOUNT WHAT [DATE]: somebody paid', run: add },
  list: { summary: 'every entry', run: list },
  balance: { summary: 'who is ahead, who is behind', run: balance },
};

/** Runs a command line and returns the lines to print. */
export function main([name, ...args], file = 'tourbook.json') {
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  return command ? command.run(args, file) : usage();
}

function usage() {
  return ['usage: tourbook COMMAND', ...table(Object.entries(commands).map(([name, { summary }]) => [`  ${name}`, summary]))];
}

function add([who, amount, what, date = today()], file) {
  const entry = { who, cents: parseAmount(amount ?? ''), what: what ?? '', date };
  save(file, addEntry(load(file), entry));
  return [`${who} paid ${formatAmount(entry.cents)} for ${entry.what}`];
}

function list(_, file) {
  return table(load(file).map(({ date, who, cents, what }) => [date, who, formatAmount(cents), what]));
}

function balance(_, file) {
  return table(Object.entries(balances(load(file))).map(([who, cents]) => [who, formatAmount(cents)]));
}

function today() {
  return new Date().toISOString().slice(0, 10);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(main(process.argv.slice(2)).join('\n'));
}
