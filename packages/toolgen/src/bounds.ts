import type { Docstring } from './docstring.js'
import type { Place } from './place.js'
import { ToolgenProblem } from './problem.js'
import type { Bounds, Shape } from './shape.js'

const TAKEN_BY: Readonly<Record<keyof Bounds, readonly Shape['type'][]>> = {
  minimum: ['number', 'integer'],
  maximum: ['number', 'integer'],
  minLength: ['string'],
  maxLength: ['string'],
  pattern: ['string'],
  format: ['string'],
  minItems: ['array'],
  maxItems: ['array'],
}

/**
 * The shape with the tags of its docstring. A tag belongs to the one part that can take it: on `number[] | null`,
 * `@minimum` is said of the numbers. Throws a ToolgenProblem if there is none, or more than one.
 */
export function withTags(shape: Shape, { integer, bounds }: Docstring, place: Place): Shape {
  let tagged = integer ? replace(shape, 'integer', ['number', 'integer'], toInteger, place) : shape
  for (const name of Object.keys(bounds).filter((key): key is keyof Bounds => key in TAKEN_BY)) {
    const add = (part: Shape): Shape =>
      'bounds' in part ? { ...part, bounds: { ...part.bounds, [name]: bounds[name] } } : part
    tagged = replace(tagged, name, TAKEN_BY[name], add, place)
  }
  refuseEmpty(bounds, place)
  return tagged
}

const toInteger = (part: Shape): Shape => (part.type === 'number' ? { ...part, type: 'integer' } : part)

function replace(
  shape: Shape,
  tag: string,
  types: readonly Shape['type'][],
  change: (part: Shape) => Shape,
  place: Place,
): Shape {
  let taken = 0
  const visit = (part: Shape): Shape => {
    if (types.includes(part.type)) {
      taken += 1
      return change(part)
    }
    if (part.type === 'array') return { ...part, items: visit(part.items) }
    if (part.type === 'record') return { ...part, values: visit(part.values) }
    if (part.type === 'union') return { ...part, forms: part.forms.map(visit) }
    return part
  }
  const changed = visit(shape)
  if (taken === 1) return changed
  const why = taken === 0 ? `says nothing of this type` : `could be said of ${taken} parts of this type`
  throw new ToolgenProblem(place.at, `${place.path}: @${tag} ${why}`, `@${tag} on a property that is ${types[0]}`)
}

function refuseEmpty(bounds: Bounds, { at, path }: Place): void {
  const pairs = [
    ['minimum', 'maximum'],
    ['minLength', 'maxLength'],
    ['minItems', 'maxItems'],
  ] as const
  for (const [least, most] of pairs) {
    if ((bounds[least] ?? Number.NEGATIVE_INFINITY) > (bounds[most] ?? Number.POSITIVE_INFINITY))
      throw new ToolgenProblem(
        at,
        `${path}: nothing is at least ${bounds[least]} and at most ${bounds[most]}`,
        `@${least} below @${most}`,
      )
  }
}
