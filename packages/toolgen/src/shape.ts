/** JSON, as a default is written in a docstring. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** What a docstring asks of a value beyond its type. */
export type Bounds = {
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly pattern?: string
  readonly format?: string
}

/** An argument's type as far as both TypeScript and JSON Schema can say it. */
export type Shape =
  | { readonly type: 'string' | 'number' | 'integer'; readonly bounds: Bounds; readonly brand?: string }
  | { readonly type: 'boolean' | 'null' }
  | { readonly type: 'literals'; readonly values: readonly (string | number | boolean)[] }
  | { readonly type: 'array'; readonly items: Shape; readonly bounds: Bounds }
  | { readonly type: 'record'; readonly values: Shape }
  | { readonly type: 'object'; readonly properties: readonly Property[] }
  | { readonly type: 'union'; readonly forms: readonly Shape[] }

export type Property = {
  readonly name: string
  readonly shape: Shape
  /** What the method gets where the model says nothing: `absent` leaves the key out. */
  readonly missing: 'refused' | 'absent' | { readonly default: Json }
  readonly description: string
}

/** One decorated method. */
export type Method = { readonly name: string; readonly description: string; readonly input: Shape }

/** The name under which the schema of a method is exported. */
export const schemaName = (method: string) => `${method}Schema`
