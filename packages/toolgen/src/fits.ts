import type { Bounds, Json, Property, Shape } from './shape.js'

/** Whether a default, as its docstring has it, is a value of the shape. A format is left to Zod. */
export function fits(shape: Shape, value: Json): boolean {
  switch (shape.type) {
    case 'string':
      return typeof value === 'string' && isWithin(value.length, shape.bounds, 'Length') && matches(value, shape.bounds)
    case 'number':
      return typeof value === 'number' && isWithin(value, shape.bounds, '')
    case 'integer':
      return Number.isSafeInteger(value) && isWithin(Number(value), shape.bounds, '')
    case 'boolean':
      return typeof value === 'boolean'
    case 'null':
      return value === null
    case 'literals':
      return shape.values.some((allowed) => allowed === value)
    case 'array':
      return (
        isList(value) && isWithin(value.length, shape.bounds, 'Items') && value.every((item) => fits(shape.items, item))
      )
    case 'record':
      return isObject(value) && Object.values(value).every((item) => fits(shape.values, item))
    case 'object':
      return isObject(value) && fitsProperties(shape.properties, value)
    case 'union':
      return shape.forms.some((form) => fits(form, value))
  }
}

/** What stands for a default is not parsed again, so that what is missing in it stays so: only `?` may be. */
function fitsProperties(properties: readonly Property[], value: { readonly [key: string]: Json }): boolean {
  const isNamed = Object.keys(value).every((key) => properties.some(({ name }) => name === key))
  return (
    isNamed &&
    properties.every(({ name, shape, missing }) => {
      const item = value[name]
      return item === undefined ? missing === 'absent' : fits(shape, item)
    })
  )
}

function isWithin(amount: number, bounds: Bounds, unit: '' | 'Length' | 'Items'): boolean {
  const [least, most] = unit === '' ? [bounds.minimum, bounds.maximum] : [bounds[`min${unit}`], bounds[`max${unit}`]]
  return amount >= (least ?? Number.NEGATIVE_INFINITY) && amount <= (most ?? Number.POSITIVE_INFINITY)
}

const matches = (value: string, { pattern }: Bounds) => pattern === undefined || new RegExp(pattern, 'u').test(value)
const isList = (value: Json): value is readonly Json[] => Array.isArray(value)
const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !isList(value)
