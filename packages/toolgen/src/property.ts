import { type Symbol as Named, Node, type Type } from 'ts-morph'
import { withTags } from './bounds.js'
import { type Docstring, docstringOf } from './docstring.js'
import { fits } from './fits.js'
import { below, type Place } from './place.js'
import { ToolgenProblem } from './problem.js'
import type { Property, Shape } from './shape.js'

/** The properties of an object type, in the order of its declaration; `read` reads the type of each. */
export function propertiesOf(type: Type, place: Place, read: (type: Type, place: Place) => Shape): readonly Property[] {
  return type.getProperties().map((property) => propertyOf(property, place, read))
}

function propertyOf(property: Named, outer: Place, read: (type: Type, place: Place) => Shape): Property {
  const name = property.getName()
  const declared = property.getDeclarations()[0]
  const at = declared ?? outer.at
  const typeNode = Node.isPropertySignature(declared) ? declared.getTypeNode() : undefined
  const place = { ...below({ ...outer, at }, `.${name}`), spelledAt: typeNode ?? at }
  if (name.startsWith('__')) throw new ToolgenProblem(at, `${place.path} is no name for an argument`, 'another name')

  refuseUnread(at)
  const docstring = docstringOf(property, outer.at.getProject().getTypeChecker().compilerObject, at)
  // Without what `?` adds; an `undefined` that is written out stays, and is refused.
  const shape = withTags(read(property.getTypeAtLocation(at), place), docstring, place)
  return { name, shape, missing: missingOf(property, shape, docstring, place), description: docstring.description }
}

/** A docstring on the line of what stands before it belongs to that, says TypeScript, and would be lost in silence. */
function refuseUnread(at: Node): void {
  if (!Node.isPropertySignature(at) || at.getJsDocs().length > 0) return
  const before = at.getFullText().slice(0, at.getStart() - at.getFullStart())
  if (before.includes('/**'))
    throw new ToolgenProblem(
      at,
      `TypeScript does not read the docstring of ${at.getName()}`,
      'the docstring on a line of its own',
    )
}

function missingOf(property: Named, shape: Shape, docstring: Docstring, { at, path }: Place): Property['missing'] {
  const { default: value } = docstring
  if (value === undefined) return property.isOptional() ? 'absent' : 'refused'
  const text = JSON.stringify(value)
  if (property.isOptional())
    throw new ToolgenProblem(
      at,
      `${path} has @default ${text}, so the method always gets it`,
      `${property.getName()} without "?"`,
    )
  if (!fits(shape, value))
    throw new ToolgenProblem(at, `${path}: @default ${text} is refused by its own type`, 'a value of the type')
  return { default: value }
}
