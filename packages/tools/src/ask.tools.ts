import { type Asking, tool } from '@nacre/tool'
import { askUserSchema } from './ask.tools.gen.js'

type AskInput = {
  /**
   * The question, with what the user has to know to answer it
   * @minLength 1
   * @maxLength 4000
   */
  readonly question: string
  /**
   * Answers to choose from; the user may also write another one
   * @maxItems 10
   * @default []
   */
  readonly choices: readonly string[]
}

export class AskTools {
  /**
   * Asks the user a question and waits for the answer. Only for what you can neither find out nor decide yourself, and
   * what would be wrong to guess.
   */
  @tool({ schema: askUserSchema, safety: 'read-only', replay: 'pure' })
  async askUser({ question, choices }: AskInput): Promise<Asking> {
    const parts = [{ type: 'text', text: question }] as const
    return { type: 'ask-user', parts, ...(choices.length > 0 && { choices }) }
  }
}
