/** A jest transformer: one TypeScript file to ESM, with an inline source map. */
import { transformSync } from 'esbuild';

export default {
  process(code, path) {
    return transformSync(code, {
      loader: 'ts',
      format: 'esm',
      target: 'node20',
      sourcefile: path,
      sourcemap: 'inline',
    });
  },
};
