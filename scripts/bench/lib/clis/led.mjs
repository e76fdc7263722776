/** How each real coding CLI is led to a loopback model server: its variables, and the files below its home. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

function write(folder, name, content) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
}

/** `config` is the CLI's XDG_CONFIG_HOME. All of these variables are let through by the runners themselves. */
export const clis = {
  claude: ({ home, url }) => ({
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: 'x',
    CLAUDE_CONFIG_DIR: join(home, 'claude'),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  }),
  opencode: ({ config, url, permission }) => {
    const toy = {
      npm: '@ai-sdk/openai-compatible',
      options: { baseURL: `${url}/v1`, apiKey: 'x' },
      models: { toy: {} },
    };
    write(join(config, 'opencode'), 'opencode.json', {
      model: 'toy/toy',
      small_model: 'toy/toy',
      provider: { toy },
      ...(permission ? { permission } : {}),
    });
    return { OPENCODE_DISABLE_MODELS_FETCH: '1' };
  },
  gemini: ({ home, url }) => {
    write(join(home, 'gemini', '.gemini'), 'settings.json', {
      security: { auth: { selectedType: 'gemini-api-key' } },
    });
    return {
      GEMINI_API_KEY: 'x',
      GOOGLE_GEMINI_BASE_URL: url,
      GEMINI_CLI_HOME: join(home, 'gemini'),
      GEMINI_MODEL: 'gemini-2.5-pro',
    };
  },
};

/** Whether the conversation of a later request holds all that was said before, and what is said now. */
export const remembers = (bodies, ...texts) =>
  bodies.some((body) => texts.every((text) => body.includes(JSON.stringify(text).slice(1, -1))));
