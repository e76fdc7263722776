/** Colours of code: which part of which line is what kind of word. */
export type CodeColour = 'comment' | 'string' | 'number' | 'keyword' | 'type';

/** A part of a line: from, to, which. */
export type ColouredPart = readonly [from: number, to: number, colour: CodeColour];

/** The coloured parts of each line, by its number. */
export type ColouredLines = ReadonlyMap<number, readonly ColouredPart[]>;

const names: readonly (readonly [RegExp, CodeColour])[] = [
  [/comment/, 'comment'],
  [/string|char_literal|character_literal|regex|template|heredoc|rune_literal/, 'string'],
  [/number|integer|float|int_literal/, 'number'],
  [
    /^(?:true|false|null|none|nil|this|self|super|undefined|primitive_type|predefined_type|void_type)$/i,
    'keyword',
  ],
  [/^type_identifier$|_type$/, 'type'],
];

/**
 * What colour a node of a tree-sitter tree has, by its type: undefined where its children decide, or it has none.
 * @param leaf it has no children
 */
export function colourOf(type: string, named: boolean, leaf: boolean): CodeColour | undefined {
  if (!named) return leaf && /^[a-z_]+$/i.test(type) ? 'keyword' : undefined;
  const found = names.find(([pattern]) => pattern.test(type))?.[1];
  return leaf || found === 'comment' || found === 'string' ? found : undefined;
}
