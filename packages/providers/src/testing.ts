export {
  type ReplayExchange,
  type ReplayRequest,
  type ReplayServer,
  replayServer,
} from './replay-server.js'
export {
  type ScriptedAnswer,
  type ScriptedProvider,
  type ScriptedStep,
  scriptedAnswer,
  scriptedProvider,
} from './scripted-provider.js'
