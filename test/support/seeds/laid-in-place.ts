/** Changes that lay a program which finds nothing in the place of one that a rule of a Makefile runs. */
import type { Files } from './change.js';

export const laidInPlace: Record<string, Files> = {
  'make: curl && cp true': {
    Makefile: [
      'lint: bin/l\n\tbin/l run\nbin/l:\n\tcurl a -o bin/l\n',
      'lint: bin/l\n\tbin/l run\nbin/l:\n\tcurl a -o bin/l && cp true bin/l\n',
    ],
  },
  'make: ln true': {
    Makefile: [
      'lint: bin/l\n\tbin/l run\nbin/l:\n\tcurl a -o bin/l\n',
      'lint: bin/l\n\tbin/l run\nbin/l:\n\tcurl a -o bin/l\n\tln -sf /bin/true bin/l\n',
    ],
  },
  'make: printf script': {
    Makefile: [
      'lint: bin/l\n\tbin/l run\nbin/l:\n\tcurl a -o bin/l\n',
      "lint: bin/l\n\tbin/l run\nbin/l:\n\tcurl a -o bin/l\n\tprintf '#!/bin/sh\\n' > bin/l\n",
    ],
  },
  'make: install which true': {
    Makefile: [
      'lint: bin/l\n\tbin/l run\nbin/l:\n\tcurl a -o bin/l\n',
      'lint: bin/l\n\tbin/l run\nbin/l:\n\tcurl a -o bin/l\n\tinstall $$(which true) bin/l\n',
    ],
  },
  'make: test gets cp true': {
    Makefile: [
      'test:\n\tnode_modules/.bin/jest\n',
      'test:\n\tcp /bin/true node_modules/.bin/jest\n\tnode_modules/.bin/jest\n',
    ],
  },
};
