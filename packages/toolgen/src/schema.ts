import { FORMATS, isFormat } from './docstring.js'
import { type Bounds, type Method, type Property, type Shape, schemaName } from './shape.js'

/** The text of a file that exports one Zod schema for each method, `source` being the file that they were read from. */
export function schemaFile(source: string, methods: readonly Method[]): string {
  const exported = methods.map(
    ({ name, input, description }) =>
      `export const ${schemaName(name)} = ${zodOf(input)}.describe(${text(description)})\n`,
  )
  return [
    `// Written by toolgen from the types and docstrings of ${source}: change those, then run \`pnpm toolgen\`.\n`,
    "import { z } from 'zod'\n",
    ...exported.map((line) => `\n${line}`),
  ].join('')
}

function zodOf(shape: Shape): string {
  switch (shape.type) {
    case 'string':
      return `${textOf(shape.bounds)}${brandOf(shape.brand)}`
    case 'number':
    case 'integer': {
      const base = shape.type === 'integer' ? 'z.int()' : 'z.number()'
      return `${base}${call('min', shape.bounds.minimum)}${call('max', shape.bounds.maximum)}${brandOf(shape.brand)}`
    }
    case 'boolean':
      return 'z.boolean()'
    case 'null':
      return 'z.null()'
    case 'literals':
      return literalsOf(shape.values)
    case 'array':
      return `z.array(${zodOf(shape.items)})${call('min', shape.bounds.minItems)}${call('max', shape.bounds.maxItems)}`
    case 'record':
      return `z.record(z.string(), ${zodOf(shape.values)})`
    case 'object':
      return `z.strictObject({${shape.properties.map(propertyText).join(', ')}})`
    case 'union':
      return unionOf(shape.forms)
  }
}

function propertyText({ name, shape, missing, description }: Property): string {
  const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : text(name)
  const whenMissing =
    missing === 'absent'
      ? '.exactOptional()'
      : missing === 'refused'
        ? ''
        : `.default(${JSON.stringify(missing.default)})`
  return `${key}: ${zodOf(shape)}${whenMissing}${description === '' ? '' : `.describe(${text(description)})`}`
}

function textOf({ format, pattern, minLength, maxLength }: Bounds): string {
  const base = format !== undefined && isFormat(format) ? FORMATS[format] : 'z.string()'
  return `${base}${call('min', minLength)}${call('max', maxLength)}${pattern === undefined ? '' : `.regex(/${pattern}/u)`}`
}

function literalsOf(values: readonly (string | number | boolean)[]): string {
  const list = values.map((value) => JSON.stringify(value))
  if (list.length === 1) return `z.literal(${list[0]})`
  return `${values.every((value) => typeof value === 'string') ? 'z.enum' : 'z.literal'}([${list.join(', ')}])`
}

function unionOf(forms: readonly Shape[]): string {
  const others = forms.filter(({ type }) => type !== 'null').map(zodOf)
  const union = others.length === 1 ? others[0] : `z.union([${others.join(', ')}])`
  return others.length < forms.length ? `${union}.nullable()` : `${union}`
}

const call = (name: string, value: number | undefined) => (value === undefined ? '' : `.${name}(${value})`)
const brandOf = (brand: string | undefined) => (brand === undefined ? '' : `.brand<${text(brand)}>()`)
const text = (value: string) => JSON.stringify(value)
