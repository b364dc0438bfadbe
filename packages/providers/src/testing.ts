export {
  type ReplayExchange,
  type ReplayRequest,
  type ReplayServer,
  replayServer,
} from './replay-server.js'
export {
  type ScriptedAnswer,
  scriptedAnswer,
  type ScriptedProvider,
  scriptedProvider,
  type ScriptedStep,
} from './scripted-provider.js'
