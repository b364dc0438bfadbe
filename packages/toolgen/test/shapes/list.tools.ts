import { tool } from '@nacre/tool'
import {
  boundedTextsSchema,
  choicesSchema,
  countsSchema,
  gridSchema,
  integersSchema,
  linesSchema,
  listsByNameSchema,
  namedLinesSchema,
  nullableListSchema,
  textsSchema,
} from './list.tools.gen.js'

const looking = { safety: 'read-only', replay: 'pure' } as const

type Line = { readonly from: number; readonly to?: number }

export class ListShapes {
  /** Takes texts. */
  @tool({ schema: textsSchema, ...looking })
  async texts(_: { value: readonly string[] }): Promise<string> {
    return ''
  }

  /** Takes boundedTexts. */
  @tool({ schema: boundedTextsSchema, ...looking })
  async boundedTexts(_: {
    /** @minItems 1
     * @maxItems 3
     * @minLength 2 */
    value: string[]
  }): Promise<string> {
    return ''
  }

  /** Takes integers. */
  @tool({ schema: integersSchema, ...looking })
  async integers(_: {
    /** @integer
     * @minimum 0
     * @default [1, 2] */
    value: Array<number>
  }): Promise<string> {
    return ''
  }

  /** Takes lines. */
  @tool({ schema: linesSchema, ...looking })
  async lines(_: { value: readonly Line[] }): Promise<string> {
    return ''
  }

  /** Takes grid. */
  @tool({ schema: gridSchema, ...looking })
  async grid(_: { value?: number[][] }): Promise<string> {
    return ''
  }

  /** Takes choices. */
  @tool({ schema: choicesSchema, ...looking })
  async choices(_: { value: ('red' | 'green')[] }): Promise<string> {
    return ''
  }

  /** Takes nullableList. */
  @tool({ schema: nullableListSchema, ...looking })
  async nullableList(_: { value: (string | null)[] | null }): Promise<string> {
    return ''
  }

  /** Takes counts. */
  @tool({ schema: countsSchema, ...looking })
  async counts(_: {
    /** How often */
    value: Record<string, number>
  }): Promise<string> {
    return ''
  }

  /** Takes namedLines. */
  @tool({ schema: namedLinesSchema, ...looking })
  async namedLines(_: { value: { readonly [name: string]: Line } }): Promise<string> {
    return ''
  }

  /** Takes listsByName. */
  @tool({ schema: listsByNameSchema, ...looking })
  async listsByName(_: { value: Record<string, readonly string[]> }): Promise<string> {
    return ''
  }
}
