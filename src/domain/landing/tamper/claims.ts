/** What a test claims: its assertions, each with its weight. Shapes of the assertion libraries of many languages. */

/** `trivial` holds whatever the program does; `weak` holds for almost any value. */
export type Weight = 'trivial' | 'weak' | 'strong';

export interface Claim {
  text: string;
  weight: Weight;
}

const call = [
  String.raw`\bexpect(?:\s*\.\s*\w+)?\s*\(`,
  String.raw`\b(?:debug_)?assert\w*!?(?:\.\w+)*\s*\(`,
  String.raw`\b(?:should|chai)\.\w+`,
  String.raw`\.should(?:_not)?\b`,
  String.raw`\brequire\.\w+\s*\(|\b(?:verify|ensure|check)\w*(?:\.\w+)?!?\s*\(`,
  String.raw`\bt\.(?:is|not|deepEqual|like|true|false|truthy|falsy|throws\w*|notThrows\w*|regex|snapshot|equal|same|match|ok|pass|assert)\s*\(`,
  String.raw`\b[tbc]\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\s*\(`,
  String.raw`\bself\.(?:assert|fail)\w*\s*\(`,
  String.raw`\bpytest\.(?:raises|warns|fail|deprecated_call)\s*\(`,
  String.raw`\b(?:Assert|Assertions|Truth|StepVerifier|MatcherAssert)\.\w+\s*\(`,
  String.raw`\bfail\s*\(`,
  String.raw`\b(?:EXPECT|ASSERT|CHECK|REQUIRE|TEST_ASSERT|BOOST_\w+)_?\w*\s*\(`,
  String.raw`\b(?:cl|ck|g|mu|cu|munit)_?assert\w*\s*\(`,
  String.raw`\bcl_(?:git_\w+|must_\w+|fail\w*|assert\w*)\s*\(`,
  String.raw`\b(?:panic|unreachable|bail|prop_assert\w*)!\s*\(`,
  String.raw`\b(?:refute\w*|must_\w+|flunk)\b`,
  String.raw`\bsnapshot!?\s*\(`,
].join('|');

/** An assertion that is a word of the language, or a call without brackets. */
const word = String.raw`^[ \t]*(?:assert|refute)(?:_\w+[?!]?)?[ \t]+(?![-+*/|&:]?=[^=~>])\S`;
const anyClaim = new RegExp(`${call}|${word}`, 'gm');

const trivial = [
  /\bexpect\(\s*(?:true|1|!0|!false|'[^']*'|"[^"]*")\s*\)\s*\.\s*(?:to\.be\.(?:ok|true)|to(?:Be(?:Truthy|Defined)?|Equal|StrictEqual)\s*\(\s*(?:true|1|!0)?\s*\))/,
  /\bexpect\(\s*(\w+|'[^']*'|"[^"]*")\s*\)\s*\.\s*to(?:Be|Equal|StrictEqual)\s*\(\s*\1\s*\)/,
  /\b(?:assert|assertTrue|assert_true|assert_|assert\.ok|assert\.True|require\.True|Assert\.(?:IsTrue|True)|ASSERT_TRUE|EXPECT_TRUE|cl_assert|ck_assert|g_assert_true|t\.(?:true|truthy|ok|assert))\(\s*(?:t,\s*)?(?:true|True|1|!0|!false|not False|1\s*==\s*1)\s*[,)]/,
  /\b(?:assertFalse|assert\.False|require\.False|ASSERT_FALSE|EXPECT_FALSE|t\.(?:false|falsy))\(\s*(?:t,\s*)?(?:false|False|0)\s*[,)]/,
  /\bassert(?:!|\s)\s*\(?\s*(?:true|True|1|not False|not None)\s*(?:[,)]|$)/,
  /\bassert\s+(\w+)\s*==\s*\1\s*$/,
  /\b(?:assert\w*|expect\w*|cl_assert\w*|ck_assert\w*)(?:[.!]\w*)*\s*\(\s*(?:t,\s*)?(\w+|"[^"]*"|'[^']*')\s*,\s*\1\s*[,)]/i,
  /\bassert\b.*\bor\s+(?:True|1)\b|\b\w*assert\w*!?(?:\.\w+)?\s*\(.*\|\|\s*(?:true|1)\b/,
  /\bt\.pass\s*\(/,
];

/** A pair in brackets holds in Python, whatever is in it. */
const pair = /^assert \(\s*[^,()]*(?:\([^()]*\)[^,()]*)*,[^()]*(?:\([^()]*\)[^()]*)*\)$/;

/** A value of which nothing is said. */
const bareExpect = /^expect\s*\((?:[^(),]|\((?:[^()]|\([^()]*\))*\))*\)$/;

/** A comparison that is right when the value is off by one or more. */
const farOff = [
  /\bapprox\(.*\b(?:abs|rel)\s*=\s*[1-9]/,
  /\btoBeCloseTo\([^,()]+,\s*(?:0|-\d+)\s*\)/,
  /\b(?:assert_?(?:Equals|AlmostEquals?|InDelta|Near)|[A-Z]+_NEAR|InDelta)\s*\((?!\s*["'])(?:[^,()]|\([^()]*\))+,(?:[^,()]|\([^()]*\))+,\s*(?:(?:[^,()]|\([^()]*\))+,\s*)?(?:delta\s*=\s*)?[1-9]\d*(?:\.\d+)?[fFdD]?\s*[,)]/,
];

/** Both sides of a comparison are the same words: it holds for every program that does not change between them. */
const ofItself = [
  /^(?:\w+\.)?(?:(?:debug_)?assert\w*|EXPECT_EQ|ASSERT_EQ|CHECK_EQ)(?:[.!]\w*)*\s*\(\s*(?:t,\s*)?((?:[^,()]|\((?:[^()]|\([^()]*\))*\)){1,200}?)\s*,\s*\1\s*[,)]/,
  /^expect\s*\(\s*([^\s].{0,200}?)\s*\)\s*\.to(?:Be|Equal|StrictEqual)\s*\(\s*\1\s*\)$/,
  /^assert\s+(\S.{0,200}?)\s*==\s*\1$/,
];
const negated = /not|ne\b|differ|throws/i;

const weak = [
  // It holds for each of several values, or for whatever came out when it was written.
  /^expect\(\s*\[[^\]]*\]\s*\)\.(?:to\.)?(?:toContain|toContainEqual|include)\(/,
  /\.toMatchSnapshot\(\s*\)/,
  /\btypeof\b/,
  /\bto(?:Be(?:Truthy|Defined|Falsy|OneOf|GreaterThan(?:OrEqual)?|LessThan(?:OrEqual)?|InstanceOf|TypeOf)|HaveBeenCalled)\s*\(/,
  /\.not\.to(?:Be(?:Undefined|Null|Falsy)?|Throw|Equal)\s*\(/,
  /\bexpect\.(?:anything|any)\b/,
  /\bto\.(?:be\.(?:ok|an?|exist|above|below|at)|exist|not\.)\b/,
  /\bassert(?:_?(?:Is)?_?Not_?(?:Null|None|Nil|Equal|Empty)|True|_true|_?Is_?Instance|Greater|Less|_greater|_less|_ne\b)\w*\s*\(/i,
  /\b(?:assert|require)\.(?:NotNil|NotEmpty|True|NotEqual|NotZero|NotPanics|Greater\w*|Less\w*|ok|notEqual|notStrictEqual|isOk|exists)\b/,
  /\bassert(?:Not)?InstanceOf\s*\(|\bassert\s+type\([\w.]+\)\s*(?:is|==)\s+\w+$/,
  /\bassert_ne!|\.is_(?:some|ok|err)\(\)\s*[,)]/,
  /\bassert\s+(?!not\b)[\w.()[\]'"]+\s*(?:,.*)?$/,
  /\bassert\s.*\s(?:is not None|!=|>=?|<=?|in|is not)(?:\s|$)/,
  /\bisinstance\s*\(|\bis(?:NotNull|NotEmpty|Present|Positive|InstanceOf|NotEqualTo)\s*\(/,
  /\b(?:EXPECT|ASSERT)_(?:TRUE|NE|GT|GE|LT|LE|NO_THROW)\s*\(/,
  /\.should_not\b|\b(?:wont_|refute_(?:nil|empty))/,
  /\bt\.(?:truthy|falsy|not|notThrows\w*|ok)\s*\(/,
  // What only is to go through says nothing of what comes out.
  /\b(?:assert|require)\.(?:NoError|NotError|doesNotThrow)\b|\bcl_(?:git_pass|must_pass|git_fail)\b|\bassertDoesNotThrow\b|\bassert_(?:ok|err|ready|pending)!|\b[tb]\.(?:Fatal|Error)\(\s*err\s*\)/,
];

/** Assertions that compare what stands in them; others end the test, or look at what is elsewhere. */
const comparing =
  /^(?:expect\s*\(|(?!assert\w*!?(?:\.\w+)*\s*\(\s*\)|\w*snapshot)\bassert\w*!?(?:\.\w+)*\s*[( ]|(?:require|Assert|Assertions|t|self)\.\w*(?:[eE]qual|[tT]rue|[fF]alse|is|deepEqual|same)\w*\s*\(|(?:EXPECT|ASSERT|CHECK|REQUIRE)\w*\s*\(|(?:cl|ck|g)_assert\w*\s*\()/;
/** An assertion that a library has: with nothing but literals it says nothing. */
const ofLibraries =
  /^assert_?(?:(?:not|is|are)_?)*(?:true|false|nil|null|none|ok|that|eq|ne|equals?|same|truthy|falsy|deep_?(?:strict_?)?equal|strict_?equal|array_?equals?|greater\w*|less\w*|in|is|len\w*|contains\w*|almost_?equals?|instance\w*|match\w*|regex\w*)?[?!]*(?:$|[ (.])/i;
const literal = String.raw`(?:[-+]?\d[\w.]*|'[^'\n]*'|"[^"\n]*"|true|false|True|False|nil|null|None)`;
const binding = new RegExp(
  String.raw`(?:^|[\s;({])(?:(?:const|let|var|final|int|auto|String|bool|boolean|mut)\s+)*(\w+)(?:\s*:\s*[\w&']+)?\s*:?=\s*${literal}\s*(?:[;,)]|$)`,
  'gm',
);

/** A name that is given a value, or lent to be given one. */
const setting = /(?<![\w.])(\w+)\s*(?:[-+*/|&^%:]?=(?!=)|\+\+|--)|&(?:mut )?(\w+)\b/g;

/** Names of a test that stand for one literal, and are given nothing else. */
function constantsIn(text: string): Set<string> {
  // Counted in one pass: a generated line holds a hundred thousand of them.
  const times = new Map<string, number>();
  for (const [, given, lent] of text.matchAll(setting)) {
    const name = given ?? lent!;
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  const names = [...text.matchAll(binding)].map((match) => match[1]!);
  return new Set(names.filter((name) => times.get(name) === 1));
}

/** Whether nothing of the program stands in a comparison: it holds, or fails, whatever the program does. */
function isAmongLiterals(text: string, constants: ReadonlySet<string>): boolean {
  if (!comparing.test(text)) return false;
  const args = text
    .replace(/'[^'\n]*'|"[^"\n]*"|`[^`$\n]*`/g, '0')
    // What is asserted with, and what is asked of a value, is no part of the program.
    .replace(/^(?:\w+\.)?assert\w*!?(?:\.\w+)*|^[\w.]+(?=\s*\()|\.\w+/g, ' ')
    .replace(/\(\s*t\s*,/g, '(');
  // One with a name of its own asks the program itself, or compares with what it did before.
  if (/^assert\w/.test(text) && !ofLibraries.test(text)) return false;
  const words = args.match(/[A-Za-z_$][\w$]*/g) ?? [];
  return words.every(
    (word) =>
      constants.has(word) ||
      /^(?:true|false|True|False|nil|null|None|undefined|not|and|or|is|in|len|new|as|[iu]\d+|f\d+)$/.test(
        word,
      ),
  );
}

/** Of what kind a value is holds for almost any value, however the kinds are compared. */
const kindCompared = /\btypeof\b[^=!&|]{0,200}[=!]==?\s*(["'`])\w+\1|(["'`])\w+\2\s*[=!]==?\s*typeof\b/g;

/** How much a claim of this text says. */
function weightOf(text: string, constants: ReadonlySet<string>): Weight {
  if (trivial.some((shape) => shape.test(text)) || isAmongLiterals(text, constants)) return 'trivial';
  if (pair.test(text.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, "''"))) return 'trivial';
  if (farOff.some((shape) => shape.test(text))) return 'weak';
  const callee = text.slice(0, text.search(/\(|$/));
  if (!negated.test(callee) && ofItself.some((shape) => shape.test(text))) return 'trivial';
  // A comparison inside of a plain call says what an equality says.
  const compared = text.replace(kindCompared, ' ');
  if (
    /[^=!<>]==[^=]|===|\.equals\(|\bassertThat\b.*\b(?:isEqualTo|isSameAs|equalTo|is|contains\w*|has[A-Z]\w*)\(/.test(
      compared,
    )
  ) {
    return 'strong';
  }
  return weak.some((shape) => shape.test(text)) ? 'weak' : 'strong';
}

/**
 * The claims in a stretch of a text.
 * @param code the same stretch with comments and the insides of strings blanked, so that nothing quoted counts
 */
export function claimsIn(text: string, code: string): Claim[] {
  const claims: Claim[] = [];
  const constants = constantsIn(text);
  let done = -1;
  for (const match of code.matchAll(anyClaim)) {
    if (match.index < done) continue;
    const end = endOfStatement(code, match.index);
    done = end;
    // What is asserted of stands before it there.
    const start = /^(?:\.should|must_|wont_)/.test(match[0])
      ? match.index -
        /[^\n;{]*$/.exec(code.slice(Math.max(0, match.index - 300), match.index))![0].trimStart().length
      : match.index;
    const said = sameWords(text.slice(start, end).replace(/\s+/g, ' ').trim()).slice(0, 600);
    const isBare = code[match.index - 1] !== '.' && bareExpect.test(said);
    claims.push({ text: said, weight: isBare ? 'trivial' : weightOf(said, constants) });
  }
  return claims;
}

/** A claim in the words of its twin: that an error is nil, and that there is none, are one claim. */
const sameWords = (said: string): string =>
  said.replace(/^(?:assert|require)\.(?:Nil|NoError)\((\w+), (err\w*)(?=[,)])/, 'assert.NoError($1, $2');

/** Where the statement ends that begins there: at its semicolon or line, outside of all brackets. */
function endOfStatement(code: string, from: number): number {
  let depth = 0;
  const most = Math.min(code.length, from + 4000);
  for (let at = from; at < most; at++) {
    const sign = code[at]!;
    if (sign === '(' || sign === '[' || sign === '{') depth++;
    else if (sign === ')' || sign === ']' || sign === '}') {
      depth--;
      if (depth < 0) return at;
    } else if (depth === 0 && sign === ';') return at;
    else if (depth === 0 && sign === '\n' && !/^\s*[.?]/.test(code.slice(at, at + 200))) return at;
  }
  return most;
}
