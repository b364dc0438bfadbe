export type { AgentProcess, SpawnAgent } from './agent-process.js'
export { agentSpawn, type CliOptions, cliProvider } from './cli.js'
export { type Clocks, DEFAULT_CLOCKS } from './clocks.js'
export { DIALECTS, type Dialect, PLAIN } from './dialect.js'
export {
  anthropicMessages,
  anthropicVertex,
  cohere,
  DOORS,
  gemini,
  ollama,
  openaiChat,
  openaiResponses,
  type WireName,
} from './doors.js'
export { endpointOf } from './endpoint.js'
export { HARNESSES, type Harness, type HarnessName, harnessOf } from './harness.js'
export type { HttpFetch, HttpRequest, HttpResponse } from './http.js'
export { offline } from './offline.js'
export { type RetryOptions, withRetry } from './retry.js'
export { Secret } from './secret.js'
export { type PooledFetch, undiciFetch } from './undici-fetch.js'
export { VENDORS, type Vendor, type VendorName, vendorProvider } from './vendors.js'
export type { Door, ProviderOptions } from './wire.js'
