import { tool } from '@nacre/tool'
import type { z } from 'zod'
import {
  boundedIntegerSchema,
  boundedNumberSchema,
  brandedIntegerSchema,
  brandedNumberSchema,
  flagSchema,
  integerSchema,
  mixedChoiceSchema,
  nothingSchema,
  numberChoiceSchema,
  optionalFlagSchema,
  plainNumberSchema,
  yesSchema,
} from './number.tools.gen.js'

const looking = { safety: 'read-only', replay: 'pure' } as const

type Count = number & z.$brand<'integer'>
type Ratio = number & z.$brand<'ratio'>

export class NumberShapes {
  /** Takes plainNumber. */
  @tool({ schema: plainNumberSchema, ...looking })
  async plainNumber(_: { value: number }): Promise<string> {
    return ''
  }

  /** Takes boundedNumber. */
  @tool({ schema: boundedNumberSchema, ...looking })
  async boundedNumber(_: {
    /** @minimum -1.5
     * @maximum 1.5 */
    value: number
  }): Promise<string> {
    return ''
  }

  /** Takes integer. */
  @tool({ schema: integerSchema, ...looking })
  async integer(_: {
    /** @integer */
    value: number
  }): Promise<string> {
    return ''
  }

  /** Takes boundedInteger. */
  @tool({ schema: boundedIntegerSchema, ...looking })
  async boundedInteger(_: {
    /**
     * How many.
     * @integer
     * @minimum 1
     * @maximum 9
     * @default 3
     */
    value: number
  }): Promise<string> {
    return ''
  }

  /** Takes brandedInteger. */
  @tool({ schema: brandedIntegerSchema, ...looking })
  async brandedInteger(_: { value: Count }): Promise<string> {
    return ''
  }

  /** Takes brandedNumber. */
  @tool({ schema: brandedNumberSchema, ...looking })
  async brandedNumber(_: {
    /** @minimum 0 */
    value?: Ratio
  }): Promise<string> {
    return ''
  }

  /** Takes numberChoice. */
  @tool({ schema: numberChoiceSchema, ...looking })
  async numberChoice(_: { value: 3 | 1 | 2 }): Promise<string> {
    return ''
  }

  /** Takes mixedChoice. */
  @tool({ schema: mixedChoiceSchema, ...looking })
  async mixedChoice(_: { value: 'auto' | 1 | true }): Promise<string> {
    return ''
  }

  /** Takes flag. */
  @tool({ schema: flagSchema, ...looking })
  async flag(_: {
    /** @default false */
    value: boolean
  }): Promise<string> {
    return ''
  }

  /** Takes optionalFlag. */
  @tool({ schema: optionalFlagSchema, ...looking })
  async optionalFlag(_: { value?: boolean }): Promise<string> {
    return ''
  }

  /** Takes yes. */
  @tool({ schema: yesSchema, ...looking })
  async yes(_: { value: true }): Promise<string> {
    return ''
  }

  /** Takes nothing. */
  @tool({ schema: nothingSchema, ...looking })
  async nothing(_: { value: null }): Promise<string> {
    return ''
  }
}
