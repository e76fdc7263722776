/** Rows of text as a table: columns padded, numbers to the right. */

export function table(rows) {
  const widths = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  return rows.map((row) => row.map((cell, column) => pad(cell, widths[column])).join('  ').trimEnd());
}

function pad(cell, width) {
  return /^-?\d+\.\d\d$/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
}
