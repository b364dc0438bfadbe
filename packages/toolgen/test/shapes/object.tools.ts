import { tool } from '@nacre/tool'
import {
  defaultObjectSchema,
  inheritedSchema,
  intersectionSchema,
  keyedSchema,
  nestedSchema,
  noArgumentsSchema,
  objectOrTextSchema,
  partialSchema,
  pickedSchema,
  quotedKeySchema,
  taggedSchema,
  textOrNumberSchema,
} from './object.tools.gen.js'

const looking = { safety: 'read-only', replay: 'pure' } as const

interface Named {
  /** Its name */
  readonly name: string
}
interface Aged extends Named {
  /** @integer */
  readonly age: number
}
type Settings = { readonly a: string; readonly b: number; readonly c: boolean }
type Circle = { readonly type: 'circle'; readonly radius: number }
type Square = { readonly type: 'square'; readonly side: number }

export class ObjectShapes {
  /** Takes noArguments. */
  @tool({ schema: noArgumentsSchema, ...looking })
  async noArguments(_: Record<string, never>): Promise<string> {
    return ''
  }

  /** Takes nested. */
  @tool({ schema: nestedSchema, ...looking })
  async nested(_: { value: { deep: { er: string }; next?: { a: number } } }): Promise<string> {
    return ''
  }

  /** Takes inherited. */
  @tool({ schema: inheritedSchema, ...looking })
  async inherited(_: { value: Aged }): Promise<string> {
    return ''
  }

  /** Takes intersection. */
  @tool({ schema: intersectionSchema, ...looking })
  async intersection(_: { value: Named & { readonly tag?: string } }): Promise<string> {
    return ''
  }

  /** Takes picked. */
  @tool({ schema: pickedSchema, ...looking })
  async picked(_: { value: Pick<Settings, 'b' | 'a'> }): Promise<string> {
    return ''
  }

  /** Takes partial. */
  @tool({ schema: partialSchema, ...looking })
  async partial(_: { value: Partial<Omit<Settings, 'c'>> }): Promise<string> {
    return ''
  }

  /** Takes keyed. */
  @tool({ schema: keyedSchema, ...looking })
  async keyed(_: { value: Record<'x' | 'y', number> }): Promise<string> {
    return ''
  }

  /** Takes textOrNumber. */
  @tool({ schema: textOrNumberSchema, ...looking })
  async textOrNumber(_: { value: number | string }): Promise<string> {
    return ''
  }

  /** Takes tagged. */
  @tool({ schema: taggedSchema, ...looking })
  async tagged(_: { value: Circle | Square }): Promise<string> {
    return ''
  }

  /** Takes objectOrText. */
  @tool({ schema: objectOrTextSchema, ...looking })
  async objectOrText(_: { value: string | Named | null }): Promise<string> {
    return ''
  }

  /** Takes quotedKey. */
  @tool({ schema: quotedKeySchema, ...looking })
  async quotedKey(_: { value: { 'a-b': string; $c: number } }): Promise<string> {
    return ''
  }

  /** Takes defaultObject. */
  @tool({ schema: defaultObjectSchema, ...looking })
  async defaultObject(_: {
    /** @default {"name": "x"} */
    value: Named
  }): Promise<string> {
    return ''
  }
}
