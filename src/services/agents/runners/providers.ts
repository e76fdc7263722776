/** What the providers of models need to be reached and logged in to, for the runners that can use them. */
import { certificateNames, proxyNames } from '../../../domain/platform/environment.js';

/** Variables by which programs find their way out: every runner that talks to a server needs them. */
export const networkVariables: readonly string[] = [...certificateNames, ...proxyNames];

/** Amazon Bedrock: a profile, keys, a role, or a token; only where a runner is told to use it. */
export const awsVariables: readonly string[] = ['AWS_*', 'BEDROCK_*'];

/** Google Cloud: Vertex AI. */
export const googleVariables: readonly string[] = [
  ...[
    'GOOGLE_*',
    'GCLOUD_*',
    'CLOUDSDK_*',
    'GCP_*',
    'CLOUD_ML_REGION',
    'VERTEX_*',
    'VERTEXAI_*',
    'GCE_METADATA_*',
  ],
];

/** Microsoft Azure: OpenAI there, and Foundry. */
export const azureVariables: readonly string[] = [
  'AZURE_*',
  'AZUREAI_*',
  'FOUNDRY_*',
  'IDENTITY_ENDPOINT',
  'MSI_*',
];

/** Providers that a runner with many of them may be logged in to. */
export const manyProviders: readonly string[] = [
  ...['ANTHROPIC_*', 'OPENAI_*', 'OPENROUTER_*', 'GEMINI_*', 'GROQ_*', 'MISTRAL_*', 'DEEPSEEK_*', 'XAI_*'],
  ...['TOGETHER_*', 'TOGETHERAI_*', 'FIREWORKS_*', 'CEREBRAS_*', 'COHERE_*', 'PERPLEXITY_*', 'DEEPINFRA_*'],
  ...['HF_TOKEN', 'HUGGINGFACE_*', 'MOONSHOT_*', 'KIMI_*', 'ZHIPU_*', 'ZAI_*', 'MINIMAX_*', 'NVIDIA_API_KEY'],
  ...[
    'DASHSCOPE_*',
    'QWEN_*',
    'SILICONFLOW_*',
    'NEBIUS_*',
    'BASETEN_*',
    'VENICE_*',
    'SAMBANOVA_*',
    'UPSTAGE_*',
  ],
  ...[
    'OLLAMA_*',
    'LMSTUDIO_*',
    'LM_STUDIO_*',
    'LLAMACPP_*',
    'VLLM_*',
    'LITELLM_*',
    'PORTKEY_*',
    'HELICONE_*',
  ],
  ...[
    'AI_GATEWAY_*',
    'VERCEL_OIDC_TOKEN',
    'CLOUDFLARE_ACCOUNT_ID',
    'CLOUDFLARE_GATEWAY_ID',
    'CLOUDFLARE_API_*',
  ],
  ...['DATABRICKS_HOST', 'DATABRICKS_TOKEN', 'SNOWFLAKE_ACCOUNT', 'WATSONX_*', 'AICORE_*'],
  ...googleVariables,
  ...azureVariables,
];

/** Whether a switch is on: set, and neither 0 nor false. */
export const isOn = (value: string | undefined): boolean => !/^(|0|false|no|off)$/i.test(value?.trim() ?? '');

/** AWS, for a runner that uses Bedrock by the name of its model or by a token made for it. */
export const bedrockNames = (model: string, env: NodeJS.ProcessEnv): readonly string[] =>
  /bedrock/i.test(model) || env.AWS_BEARER_TOKEN_BEDROCK !== undefined ? awsVariables : [];
