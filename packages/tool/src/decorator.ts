import { Fault, type ReplayClass, type SafetyClass } from '@nacre/types'
import type { z } from 'zod'
import { defineTool } from './define.js'
import type { Asking, Tool, ToolContext, ToolResult } from './tool.js'

/** What a method says of itself as a tool; its arguments and its description are in the schema that toolgen wrote. */
export type ToolMark<S extends z.ZodObject> = {
  readonly schema: S
  readonly safety: SafetyClass
  /** A tool that can be asked what came of a call is made with defineTool. */
  readonly replay: Exclude<ReplayClass, 'reconcile'>
  /** The method's name in snake_case if not given. */
  readonly name?: string
  /** The schema's description if not given. */
  readonly description?: string
  /** 60 s if not given. */
  readonly timeoutMs?: number
}

type Run<This, Input> = (this: This, input: Input, context: ToolContext) => Promise<ToolResult | string | Asking>

type Scalar = string | number | boolean | null | undefined
/** `readonly` says what the method does not do, and nothing of what it is given. */
type Frozen<T> = T extends Scalar ? T : { readonly [K in keyof T]: Frozen<T[K]> }
type Same<A, B> =
  (<T>() => T extends Frozen<A> ? 1 : 2) extends <T>() => T extends Frozen<B> ? 1 : 2 ? unknown : Differs<B>
type Differs<Output> = { readonly 'the argument of the method is not what its schema gives': Output }
/** A method without parameters goes with a schema without properties. */
type Takes<Input, Output> = unknown extends Input ? Same<Record<string, never>, Output> : Same<Input, Output>

type PublicMethod<This, Input, Output> = ClassMethodDecoratorContext<This, Run<This, Input>> & {
  readonly private: false
  readonly static: false
} & Takes<Input, Output>

/** Makes the tool of one instance. Keyed by the method, since no Node has Symbol.metadata. */
const makers = new WeakMap<object, (instance: object) => Tool>()

/**
 * Marks a method as a tool: `toolsOf` then finds it. That the method's argument differs from what the schema gives,
 * in either direction, is a compile error.
 */
export function tool<S extends z.ZodObject>(mark: ToolMark<S>) {
  return <This extends object, Input>(
    method: Run<This, Input>,
    context: PublicMethod<This, Input, z.output<S>>,
  ): void => {
    const { schema, name = snakeCase(String(context.name)), description = schema.description ?? '', ...classes } = mark
    makers.set(method, (instance) =>
      defineTool({
        ...classes,
        name,
        description,
        input: schema,
        // `toolsOf` found the method on this instance, and `Takes` has proved that the input is what the schema gives.
        run: (input, context) => method.call(instance as This, input as Input, context),
      }),
    )
    context.addInitializer(function () {
      if (makerOf(Reflect.get(this, context.name)) === undefined) throw hidden(name, String(context.name))
    })
  }
}

/**
 * The tools among the methods of a class instance, in the order in which the class names them, those of a parent class
 * first. Throws a Fault `invalid_input` if there are none.
 */
export function toolsOf(instance: object): readonly Tool[] {
  const names = new Set(prototypesOf(instance).flatMap((prototype) => Reflect.ownKeys(prototype)))
  const tools = [...names].flatMap((name) => {
    const make = makerOf(memberOf(instance, name))
    return make === undefined ? [] : [make(instance)]
  })
  if (tools.length > 0) return tools
  throw new Fault('invalid_input', `${instance.constructor.name} has no method with @tool`, {
    mend: 'Put @tool({ … }) on its methods, or leave it out of the tools',
  })
}

const makerOf = (member: unknown) => (typeof member === 'function' ? makers.get(member) : undefined)

/** The classes of an instance, the eldest first. */
function prototypesOf(instance: object): readonly object[] {
  const prototype: object | null = Object.getPrototypeOf(instance)
  if (prototype === null || prototype === Object.prototype) return []
  return [...prototypesOf(prototype), prototype]
}

/** Looks without running a getter. */
function memberOf(instance: object, name: PropertyKey): unknown {
  const owner = [instance, ...prototypesOf(instance).toReversed()].find((holder) => Object.hasOwn(holder, name))
  return owner && Object.getOwnPropertyDescriptor(owner, name)?.value
}

const snakeCase = (name: string) =>
  name.replace(/(?<=[a-z0-9])[A-Z]|(?<!^)[A-Z](?=[a-z])/g, (capital) => `_${capital}`).toLowerCase()

const hidden = (tool: string, method: string) =>
  new Fault('invalid_input', `The tool ${JSON.stringify(tool)} is hidden: something stands in the place of ${method}`, {
    mend: 'Put @tool above any other decorator, and on the method that overrides it too',
  })
