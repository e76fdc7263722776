/** Conflicts as they happen, each with answers that are wrong in ways that have names, and with right ones. */

export interface Conflicted {
  path: string;
  /** What stands around the hunk, in all three versions. */
  top: string;
  bottom: string;
  base: string;
  ours: string;
  theirs: string;
  /** By kind. */
  wrong: Record<string, string>;
  right: string[];
}

const js: Conflicted = {
  path: 'src/cart/total.js',
  top: "import { rate } from './rates.js';\n\nexport function total(cart, customer) {\n  let sum = 0;\n  for (const item of cart.items) {\n",
  bottom: '  }\n  return sum;\n}\n',
  base: '    sum += item.price * item.count;\n',
  ours: '    const net = item.price * item.count;\n    sum += net + net * rate(item.kind);\n',
  theirs: '    if (item.cancelled) continue;\n    sum += item.price * item.count;\n',
  wrong: {
    'a side is left out':
      '    const net = item.price * item.count;\n    sum += net + net * rate(item.kind);\n',
    'a condition is inverted':
      '    if (!item.cancelled) continue;\n    const net = item.price * item.count;\n    sum += net + net * rate(item.kind);\n',
    'a deleted line comes back':
      '    if (item.cancelled) continue;\n    const net = item.price * item.count;\n    sum += item.price * item.count;\n    sum += net + net * rate(item.kind);\n',
    'code stands in a comment':
      '    // if (item.cancelled) continue;\n    const net = item.price * item.count;\n    sum += net + net * rate(item.kind);\n',
    'a call is invented':
      '    if (item.cancelled) continue;\n    const net = item.price * item.count;\n    logTotal(net);\n    sum += net + net * rate(item.kind);\n',
    'a declaration stands twice':
      '    if (item.cancelled) continue;\n    const net = item.price * item.count;\n    const net = item.price * item.count;\n    sum += net + net * rate(item.kind);\n',
    'an operator is another':
      '    if (item.cancelled) continue;\n    const net = item.price * item.count;\n    sum += net - net * rate(item.kind);\n',
    'a marker is left':
      '    if (item.cancelled) continue;\n=======\n    const net = item.price * item.count;\n    sum += net + net * rate(item.kind);\n',
  },
  right: [
    '    if (item.cancelled) continue;\n    const net = item.price * item.count;\n    sum += net + net * rate(item.kind);\n',
    '    if (item.cancelled) continue;\n\n    const net = item.price * item.count;\n    sum += net + net * rate(item.kind);\n',
    '    if (item.cancelled) {\n      continue;\n    }\n    const net = item.price * item.count;\n    sum += net + net * rate(item.kind);\n',
    '    const net = item.price * item.count;\n    if (item.cancelled) continue;\n    sum += net + net * rate(item.kind);\n',
    '    if (item.cancelled) continue;\n    const net = item.price * item.count;\n    sum += net +\n      net * rate(item.kind);\n',
    '    if (item.cancelled)\n      continue;\n    const net = item.price * item.count;\n    sum += net + net * rate(item.kind);\n',
  ],
};

const python: Conflicted = {
  path: 'app/retry.py',
  top: 'import time\n\n\nclass Client:\n    def __init__(self, send):\n        self.send = send\n\n',
  bottom: '\n    def close(self):\n        self.send.close()\n',
  base: '    def post(self, body):\n        return self.send(body)\n',
  ours: '    def post(self, body, timeout=30):\n        return self.send(body, timeout)\n',
  theirs:
    '    def post(self, body):\n        if body is None:\n            raise ValueError("body")\n        return self.send(body)\n',
  wrong: {
    'a side is left out': '    def post(self, body, timeout=30):\n        return self.send(body, timeout)\n',
    'a statement stands behind a return':
      '    def post(self, body, timeout=30):\n        return self.send(body, timeout)\n        if body is None:\n            raise ValueError("body")\n',
    'a condition is inverted':
      '    def post(self, body, timeout=30):\n        if body is not None:\n            raise ValueError("body")\n        return self.send(body, timeout)\n',
    'a value is invented':
      '    def post(self, body, timeout=60):\n        if body is None:\n            raise ValueError("body")\n        return self.send(body, timeout)\n',
    'a deleted line comes back':
      '    def post(self, body, timeout=30):\n        if body is None:\n            raise ValueError("body")\n        return self.send(body)\n        return self.send(body, timeout)\n',
    'code stands in a string':
      '    def post(self, body, timeout=30):\n        """if body is None: raise ValueError("body")"""\n        return self.send(body, timeout)\n',
    'a function stands twice':
      '    def post(self, body, timeout=30):\n        return self.send(body, timeout)\n\n    def post(self, body):\n        if body is None:\n            raise ValueError("body")\n        return self.send(body)\n',
  },
  right: [
    '    def post(self, body, timeout=30):\n        if body is None:\n            raise ValueError("body")\n        return self.send(body, timeout)\n',
    '    def post(self, body, timeout=30):\n        if body is None:\n            raise ValueError("body")\n\n        return self.send(body, timeout)\n',
    '    def post(self, body, timeout=30):\n        if body is None: raise ValueError("body")\n        return self.send(body, timeout)\n',
    '    def post(\n        self,\n        body,\n        timeout=30,\n    ):\n        if body is None:\n            raise ValueError("body")\n        return self.send(body, timeout)\n',
    '    def post(self, body, timeout=30):\n        # Both sides: a timeout, and a check of the body.\n        if body is None:\n            raise ValueError("body")\n        return self.send(body, timeout)\n',
    '    def post(self, body, timeout=30):\n        if body is None:\n            raise ValueError(\n                "body"\n            )\n        return self.send(body, timeout)\n',
  ],
};

const go: Conflicted = {
  path: 'internal/flags/flags.go',
  top: 'package flags\n\nconst (\n\tRead  = 1 << 0\n\tWrite = 1 << 1\n',
  bottom: ')\n',
  base: '',
  ours: '\tExec = 1 << 2\n',
  theirs: '\tLink = 1 << 3\n\tOwner = 1 << 4\n',
  wrong: {
    'a side is left out': '\tExec = 1 << 2\n',
    'a number stands for two names': '\tExec = 1 << 2\n\tLink = 1 << 2\n\tOwner = 1 << 4\n',
    'a line of a side is left out': '\tExec = 1 << 2\n\tLink = 1 << 3\n',
    'a name stands twice': '\tExec = 1 << 2\n\tLink = 1 << 3\n\tOwner = 1 << 4\n\tExec = 1 << 5\n',
    'a value is invented': '\tExec = 1 << 2\n\tLink = 1 << 3\n\tOwner = 1 << 4\n\tAdmin = 1 << 5\n',
    'code stands in a comment': '\tExec = 1 << 2\n\tLink = 1 << 3\n\t// Owner = 1 << 4\n',
  },
  right: [
    '\tExec = 1 << 2\n\tLink = 1 << 3\n\tOwner = 1 << 4\n',
    '\tLink = 1 << 3\n\tOwner = 1 << 4\n\tExec = 1 << 2\n',
    '\tExec  = 1 << 2\n\tLink  = 1 << 3\n\tOwner = 1 << 4\n',
    '\tExec = 1 << 2\n\n\tLink = 1 << 3\n\tOwner = 1 << 4\n',
    '\tLink = 1 << 3\n\tExec = 1 << 2\n\tOwner = 1 << 4\n',
    '\t// From both sides.\n\tExec = 1 << 2\n\tLink = 1 << 3\n\tOwner = 1 << 4\n',
  ],
};

const proto: Conflicted = {
  path: 'api/order.proto',
  top: 'syntax = "proto3";\n\nmessage Order {\n  string id = 1;\n  int64 placed_at = 2;\n',
  bottom: '}\n',
  base: '',
  ours: '  string coupon = 3;\n  bool gift = 5;\n',
  theirs: '  Address ship_to = 4;\n',
  wrong: {
    'a side is left out': '  string coupon = 3;\n  bool gift = 5;\n',
    'a number stands for two names': '  string coupon = 3;\n  bool gift = 5;\n  Address ship_to = 3;\n',
    'a name stands twice':
      '  string coupon = 3;\n  bool gift = 5;\n  Address ship_to = 4;\n  string coupon = 6;\n',
    'a field is invented':
      '  string coupon = 3;\n  bool gift = 5;\n  Address ship_to = 4;\n  string note = 6;\n',
    'a line of a side is left out': '  string coupon = 3;\n  Address ship_to = 4;\n',
    'code stands in a comment': '  string coupon = 3;\n  bool gift = 5;\n  // Address ship_to = 4;\n',
  },
  right: [
    '  string coupon = 3;\n  bool gift = 5;\n  Address ship_to = 4;\n',
    '  Address ship_to = 4;\n  string coupon = 3;\n  bool gift = 5;\n',
    '  string coupon = 3;\n  Address ship_to = 4;\n  bool gift = 5;\n',
    '\n  string coupon = 3;\n  bool gift = 5;\n\n  Address ship_to = 4;\n',
    '  string  coupon = 3;\n  bool    gift = 5;\n  Address ship_to = 4;\n',
    '  string coupon = 3;\n  bool gift = 5;\n  // Where it goes.\n  Address ship_to = 4;\n',
  ],
};

const tests: Conflicted = {
  path: 'test/price.test.js',
  top: "import { price } from '../src/price.js';\n\ndescribe('price', () => {\n  it('is zero for nothing', () => {\n    expect(price([])).toBe(0);\n  });\n",
  bottom: '});\n',
  base: '',
  ours: "\n  it('adds the tax', () => {\n    expect(price([10], 0.2)).toBe(12);\n  });\n",
  theirs: "\n  it('rounds to cents', () => {\n    expect(price([0.105])).toBe(0.11);\n  });\n",
  wrong: {
    'a test is missing': "\n  it('adds the tax', () => {\n    expect(price([10], 0.2)).toBe(12);\n  });\n",
    'a test is skipped':
      "\n  it('adds the tax', () => {\n    expect(price([10], 0.2)).toBe(12);\n  });\n\n  it.skip('rounds to cents', () => {\n    expect(price([0.105])).toBe(0.11);\n  });\n",
    'a test is emptied':
      "\n  it('adds the tax', () => {\n    expect(price([10], 0.2)).toBe(12);\n  });\n\n  it('rounds to cents', () => {});\n",
    'an assertion is weaker':
      "\n  it('adds the tax', () => {\n    expect(price([10], 0.2)).toBe(12);\n  });\n\n  it('rounds to cents', () => {\n    expect(price([0.105])).toBeTruthy();\n  });\n",
    'a test returns before it asserts':
      "\n  it('adds the tax', () => {\n    return;\n    expect(price([10], 0.2)).toBe(12);\n  });\n\n  it('rounds to cents', () => {\n    expect(price([0.105])).toBe(0.11);\n  });\n",
    'a value is invented':
      "\n  it('adds the tax', () => {\n    expect(price([10], 0.2)).toBe(12);\n  });\n\n  it('rounds to cents', () => {\n    expect(price([0.105])).toBe(0.1);\n  });\n",
  },
  right: [
    "\n  it('adds the tax', () => {\n    expect(price([10], 0.2)).toBe(12);\n  });\n\n  it('rounds to cents', () => {\n    expect(price([0.105])).toBe(0.11);\n  });\n",
    "\n  it('rounds to cents', () => {\n    expect(price([0.105])).toBe(0.11);\n  });\n\n  it('adds the tax', () => {\n    expect(price([10], 0.2)).toBe(12);\n  });\n",
    "\n  it('adds the tax', () => {\n    expect(price([10], 0.2)).toBe(12);\n  });\n  it('rounds to cents', () => {\n    expect(price([0.105])).toBe(0.11);\n  });\n",
    "\n  it('adds the tax', () => {\n    expect(\n      price([10], 0.2),\n    ).toBe(12);\n  });\n\n  it('rounds to cents', () => {\n    expect(price([0.105])).toBe(0.11);\n  });\n",
    "\n  // Tax and rounding.\n  it('adds the tax', () => {\n    expect(price([10], 0.2)).toBe(12);\n  });\n\n  it('rounds to cents', () => {\n    expect(price([0.105])).toBe(0.11);\n  });\n",
    "\n  it('adds the tax', () => {\n\n    expect(price([10], 0.2)).toBe(12);\n  });\n\n  it('rounds to cents', () => {\n    expect(price([0.105])).toBe(0.11);\n  });\n",
  ],
};

export const codeConflicts: readonly Conflicted[] = [js, python, go, proto, tests];
