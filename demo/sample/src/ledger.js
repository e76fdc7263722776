/** Entries, and what they add up to. An entry: { who, cents, what, date }. */

/** The entries with one more at the end. */
export function addEntry(entries, entry) {
  if (!entry.who) throw new Error('an entry needs a name');
  if (!(entry.cents > 0)) throw new Error('an entry needs an amount above zero');
  return [...entries, entry];
}

/** Everyone who ever paid, in order of appearance. */
export function members(entries) {
  return [...new Set(entries.map((entry) => entry.who))];
}

/** Cents everyone has paid more (or less, below zero) than their share. */
export function balances(entries) {
  const names = members(entries);
  const total = entries.reduce((sum, entry) => sum + entry.cents, 0);
  const share = Math.round(total / names.length);
  return Object.fromEntries(names.map((name) => [name, paidBy(entries, name) - share]));
}

function paidBy(entries, name) {
  return entries
    .filter((entry) => entry.who === name)
    .reduce((sum, entry) => sum + entry.cents, 0);
}
