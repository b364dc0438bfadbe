import { tool } from '@nacre/tool'
import type { z } from 'zod'
import {
  boundedTextSchema,
  brandedTextSchema,
  choiceSchema,
  choiceWithDefaultSchema,
  dayTextSchema,
  defaultTextSchema,
  describedTextSchema,
  mailTextSchema,
  nullableChoiceSchema,
  nullableTextSchema,
  oneLiteralSchema,
  optionalTextSchema,
  patternTextSchema,
  plainTextSchema,
} from './text.tools.gen.js'

const looking = { safety: 'read-only', replay: 'pure' } as const

type Ticket = string & z.$brand<'ticket'>
type Speed = 'slow' | 'quick' | 'a-third'

export class TextShapes {
  /** Takes plainText. */
  @tool({ schema: plainTextSchema, ...looking })
  async plainText(_: { value: string }): Promise<string> {
    return ''
  }

  /** Takes describedText. */
  @tool({ schema: describedTextSchema, ...looking })
  async describedText(_: {
    /** Where to look,
     * in one line. */
    value: string
  }): Promise<string> {
    return ''
  }

  /** Takes optionalText. */
  @tool({ schema: optionalTextSchema, ...looking })
  async optionalText(_: { value?: string }): Promise<string> {
    return ''
  }

  /** Takes defaultText. */
  @tool({ schema: defaultTextSchema, ...looking })
  async defaultText(_: {
    /** @default "a \"b\" 'c'" */
    value: string
  }): Promise<string> {
    return ''
  }

  /** Takes boundedText. */
  @tool({ schema: boundedTextSchema, ...looking })
  async boundedText(_: {
    /** A name.
     * @minLength 2
     * @maxLength 5 */
    value: string
  }): Promise<string> {
    return ''
  }

  /** Takes patternText. */
  @tool({ schema: patternTextSchema, ...looking })
  async patternText(_: {
    /** @pattern ^[a-z]{2,4}/@\d+$ */
    value: string
  }): Promise<string> {
    return ''
  }

  /** Takes mailText. */
  @tool({ schema: mailTextSchema, ...looking })
  async mailText(_: {
    /** @format email */
    value: string
  }): Promise<string> {
    return ''
  }

  /** Takes dayText. */
  @tool({ schema: dayTextSchema, ...looking })
  async dayText(_: {
    /** @format date */
    value: string
  }): Promise<string> {
    return ''
  }

  /** Takes brandedText. */
  @tool({ schema: brandedTextSchema, ...looking })
  async brandedText(_: { value: Ticket }): Promise<string> {
    return ''
  }

  /** Takes choice. */
  @tool({ schema: choiceSchema, ...looking })
  async choice(_: {
    /** How fast */
    value: Speed
  }): Promise<string> {
    return ''
  }

  /** Takes choiceWithDefault. */
  @tool({ schema: choiceWithDefaultSchema, ...looking })
  async choiceWithDefault(_: {
    /** @default "quick" */
    value: Speed
  }): Promise<string> {
    return ''
  }

  /** Takes oneLiteral. */
  @tool({ schema: oneLiteralSchema, ...looking })
  async oneLiteral(_: { value: 'only' }): Promise<string> {
    return ''
  }

  /** Takes nullableText. */
  @tool({ schema: nullableTextSchema, ...looking })
  async nullableText(_: { value: string | null }): Promise<string> {
    return ''
  }

  /** Takes nullableChoice. */
  @tool({ schema: nullableChoiceSchema, ...looking })
  async nullableChoice(_: { value: null | 'b' | 'a' }): Promise<string> {
    return ''
  }
}
