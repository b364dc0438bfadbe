import { createRegistry, type ToolContext, tool, toolsOf } from '@nacre/tool'
import { testContext } from '@nacre/tool/testing'
import { Fault } from '@nacre/types'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

const citySchema = z.strictObject({ city: z.string(), days: z.int().default(1) }).describe('Says the weather.')
type CityInput = { readonly city: string; readonly days: number }
const noneSchema = z.strictObject({}).describe('Says nothing.')
const looking = { safety: 'read-only', replay: 'pure' } as const

class Weather {
  readonly #sky: string

  constructor(sky: string) {
    this.#sky = sky
  }

  @tool({ schema: citySchema, ...looking })
  async weatherOf({ city, days }: CityInput, context: ToolContext): Promise<string> {
    return `${this.#sky} in ${city} for ${days} (epoch ${context.epoch})`
  }

  notATool(): void {}

  @tool({ schema: noneSchema, name: 'silence', description: 'Is quiet.', timeoutMs: 7, ...looking })
  async nothing(): Promise<string> {
    return this.#sky
  }
}

const refusal = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof Fault) return `${error.code}: ${error.message}`
    throw error
  }
  throw new Error('it was not refused')
}

describe('methods with @tool', () => {
  it('are found in the order of the class, named by the method, described by the schema', () => {
    const registry = createRegistry(toolsOf(new Weather('Sun')))
    expect(registry.specs).toEqual([
      {
        name: 'weather_of',
        description: 'Says the weather.',
        parameters: {
          type: 'object',
          properties: {
            city: { type: 'string' },
            days: {
              type: 'integer',
              default: 1,
              minimum: Number.MIN_SAFE_INTEGER,
              maximum: Number.MAX_SAFE_INTEGER,
            },
          },
          required: ['city'],
          additionalProperties: false,
        },
      },
      {
        name: 'silence',
        description: 'Is quiet.',
        parameters: { type: 'object', properties: {}, additionalProperties: false },
      },
    ])
    expect(registry.get('weather_of')).toMatchObject({ ...looking, timeoutMs: 60_000 })
    expect(registry.get('silence')).toMatchObject({ timeoutMs: 7 })
  })

  it('run on the instance that they were found on, with what the schema made', async () => {
    const [sun, rain] = ['Sun', 'Rain'].map((sky) => toolsOf(new Weather(sky))[0])
    const parsed = sun?.parse({ city: 'Rome' })
    const value = parsed?.ok === true ? parsed.value : undefined
    expect(await sun?.run(value, testContext({ epoch: 4 }))).toBe('Sun in Rome for 1 (epoch 4)')
    expect(await rain?.run(value, testContext())).toBe('Rain in Rome for 1 (epoch 1)')
    expect(sun?.parse({ city: 1 })).toEqual({ ok: false, problems: ['city: expected string, got number'] })
  })

  it('take a name in snake case, capitals in a row kept together', () => {
    class Names {
      @tool({ schema: noneSchema, ...looking })
      async fetchURLText(): Promise<string> {
        return ''
      }
      @tool({ schema: noneSchema, ...looking })
      async x2Big(): Promise<string> {
        return ''
      }
    }
    expect(toolsOf(new Names()).map(({ name }) => name)).toEqual(['fetch_url_text', 'x2_big'])
  })
})

describe('a tool is never lost in silence', () => {
  it('by a class without any', () => {
    expect(refusal(() => toolsOf(new (class Plain {})()))).toBe('invalid_input: Plain has no method with @tool')
  })

  it('by inheritance: those of the parent come first, an overridden one is the child its own', async () => {
    class Child extends Weather {
      @tool({ schema: noneSchema, ...looking })
      async more(): Promise<string> {
        return ''
      }
      @tool({ schema: citySchema, description: 'Mine.', ...looking })
      override async weatherOf({ city }: CityInput): Promise<string> {
        return `mine in ${city}`
      }
    }
    const tools = toolsOf(new Child('Sun'))
    expect(tools.map(({ name }) => name)).toEqual(['weather_of', 'silence', 'more'])
    expect(await tools[0]?.run({ city: 'Rome', days: 1 }, testContext())).toBe('mine in Rome')
  })

  it('by an override without the decorator, or a decorator above it', () => {
    class Undecorated extends Weather {
      override async nothing(): Promise<string> {
        return ''
      }
    }
    expect(refusal(() => new Undecorated('Sun'))).toMatch(/"silence" is hidden: .* nothing/)

    const wrap = (method: () => Promise<string>) => () => method()
    class Wrapped {
      @wrap
      @tool({ schema: noneSchema, ...looking })
      async ping(): Promise<string> {
        return ''
      }
    }
    expect(refusal(() => new Wrapped())).toMatch(/"ping" is hidden/)
  })

  it('by a schema without a description', () => {
    class Mute {
      @tool({ schema: z.strictObject({}), ...looking })
      async ping(): Promise<string> {
        return ''
      }
    }
    expect(refusal(() => createRegistry(toolsOf(new Mute())))).toMatch(/"ping" has no description/)
  })
})

// What follows is judged by the compiler alone (`tsc -p tsconfig.test.json`): each line has to be an error.
const mark = { schema: citySchema, ...looking }
export class Refused {
  // @ts-expect-error the schema gives days, too
  @tool(mark)
  async tooFew(_: { city: string }): Promise<string> {
    return ''
  }
  // @ts-expect-error another type
  @tool(mark)
  async otherType(_: { city: string; days: string }): Promise<string> {
    return ''
  }
  // @ts-expect-error the schema knows of no third
  @tool(mark)
  async extraOptional(_: CityInput & { more?: string }): Promise<string> {
    return ''
  }
  // @ts-expect-error wider than the schema
  @tool(mark)
  async wider(_: { city: string | number; days: number }): Promise<string> {
    return ''
  }
  // @ts-expect-error takes nothing, though the schema gives something
  @tool(mark)
  async blind(): Promise<string> {
    return ''
  }
  // @ts-expect-error no promise of a result
  @tool(mark)
  async noResult(_: CityInput): Promise<number> {
    return 1
  }
  // @ts-expect-error a static method belongs to no instance
  @tool(mark)
  static async ofTheClass(_: CityInput): Promise<string> {
    return ''
  }
  // @ts-expect-error nobody could ask what came of it
  @tool({ ...mark, replay: 'reconcile' })
  async asked(_: CityInput): Promise<string> {
    return ''
  }
}
