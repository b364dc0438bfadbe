import { Node, type ParameterDeclaration, type Type, type ts } from 'ts-morph'
import { below, lost, type Place } from './place.js'
import { propertiesOf } from './property.js'
import type { Shape } from './shape.js'
import { inSourceOrder } from './spelling.js'

/** The shape of a method's argument. Throws a ToolgenProblem where JSON Schema cannot say what the type says. */
export function shapeOf(parameter: ParameterDeclaration): Shape {
  const at = parameter.getTypeNode() ?? parameter
  return readType(parameter.getType(), { at, spelledAt: at, path: 'the argument', within: [] })
}

function readType(type: Type, place: Place): Shape {
  if (place.within.some((outer) => outer.compilerType === type.compilerType))
    throw lost(type, place, 'contains itself', 'the depths that are needed, each as a type of its own')
  return readSimple(type, place) ?? readObject(type, { ...place, within: [...place.within, type] })
}

function readSimple(type: Type, place: Place): Shape | undefined {
  if (type.isAny()) throw lost(type, place, 'is any: it is written so, or its import cannot be found', 'its type')
  if (type.isUnknown()) throw lost(type, place, 'says nothing', 'its type')
  if (type.isUndefined() || type.isVoid()) throw undefinedIsNoJson(type, place)
  if (type.isNever()) throw lost(type, place, 'has no value', 'another type')
  if (type.isBigInt()) throw lost(type, place, 'has no JSON', 'number with @integer, or string')
  if (type.isEnum() || type.isEnumLiteral()) throw lost(type, place, 'is an enum', "a union of literals: 'a' | 'b'")
  if (type.isTemplateLiteral()) throw lost(type, place, 'is a pattern of text', 'string with @pattern')
  if (type.isString()) return { type: 'string', bounds: {} }
  if (type.isNumber()) return { type: 'number', bounds: {} }
  if (type.isBoolean()) return { type: 'boolean' }
  if (type.isNull()) return { type: 'null' }
  if (type.isLiteral()) return { type: 'literals', values: [literalOf(type, place)] }
  return type.isUnion() ? readUnion(type, place) : undefined
}

function readUnion(type: Type, place: Place): Shape {
  const members = inSourceOrder(type.getUnionTypes(), place.spelledAt)
  const forms = members.filter((member) => !member.isLiteral()).map((member) => readType(member, place))
  const values = members.filter((member) => member.isLiteral()).map((member) => literalOf(member, place))
  const isWholeBoolean = values.includes(true) && values.includes(false)
  const choices = isWholeBoolean ? values.filter((value) => typeof value !== 'boolean') : values
  if (isWholeBoolean) forms.unshift({ type: 'boolean' })
  if (choices.length > 0) forms.unshift({ type: 'literals', values: choices })
  const [only, ...more] = forms
  return only && more.length === 0 ? only : { type: 'union', forms }
}

function literalOf(type: Type, place: Place): string | number | boolean {
  if (type.isEnumLiteral()) throw lost(type, place, 'is an enum', "a union of literals: 'a' | 'b'")
  if (type.isBooleanLiteral()) return type.getText() === 'true'
  const value = type.getLiteralValue()
  if (typeof value === 'string' || typeof value === 'number') return value
  throw lost(type, place, 'has no JSON', 'a literal that JSON has')
}

function readObject(type: Type, place: Place): Shape {
  const items = type.isArray() || type.isReadonlyArray() ? type.getArrayElementType() : undefined
  if (items) return { type: 'array', items: readType(items, below(place, '[]')), bounds: {} }
  if (type.isTuple()) throw lost(type, place, 'is a tuple', 'an object that names its parts, or an array')
  const branded = type.isIntersection() ? readBrand(type, place) : undefined
  if (branded) return branded
  refuseOther(type, place)
  const indexes = indexesOf(type, place)
  if (indexes.length === 0) return { type: 'object', properties: propertiesOf(type, place, readType) }
  return readRecord(type, indexes, place)
}

function readRecord(type: Type, indexes: readonly ts.IndexInfo[], place: Place): Shape {
  const values = type.getStringIndexType()
  if (!values || indexes.length > 1) throw lost(type, place, 'has keys that are no strings', 'Record<string, …>')
  if (values.isNever() && type.getProperties().length === 0) return { type: 'object', properties: [] }
  if (type.getProperties().length > 0)
    throw lost(
      type,
      place,
      'has both names and any key',
      'the names, and one more property that is a Record<string, …>',
    )
  return { type: 'record', values: readType(values, below(place, '{}')) }
}

const indexesOf = (type: Type, { at }: Place): readonly ts.IndexInfo[] =>
  at.getProject().getTypeChecker().compilerObject.getIndexInfosOfType(type.compilerType)

/** `number & z.$brand<'integer'>`, or another brand of Zod on a string or a number. */
function readBrand(type: Type, place: Place): Shape | undefined {
  const parts = type.getIntersectionTypes()
  const base = parts.find((part) => part.isString() || part.isNumber())
  if (!base) return undefined
  const marks = parts.filter((part) => part !== base).flatMap((part) => part.getProperties())
  const [mark] = marks
  const [brand, ...more] = mark?.getTypeAtLocation(place.at).getProperties() ?? []
  if (marks.length !== 1 || !mark?.getName().startsWith('__@$brand') || !brand || more.length > 0)
    throw lost(type, place, 'is branded by something that Zod does not know', `${base.getText()} & z.$brand<'name'>`)
  const name = brand.getName()
  const kind = base.isString() ? 'string' : /^int(?:eger)?$/i.test(name) ? 'integer' : 'number'
  return { type: kind, bounds: {}, brand: name }
}

const JSON_INSTEAD: Readonly<Record<string, string>> = {
  Date: 'string with @format date-time',
  Map: 'Record<string, …>',
  Set: 'an array',
  RegExp: 'string',
  URL: 'string with @format uri',
  Uint8Array: 'string (base64)',
}

/** Classes, functions, `object`, `{}` and symbols. */
function refuseOther(type: Type, place: Place): void {
  if (type.getCallSignatures().length > 0) throw lost(type, place, 'is a function', 'what it would return')
  const named = type.getSymbol()
  const declared = named?.getDeclarations() ?? []
  const isOfLibrary = declared.some(
    (node) =>
      Node.isInterfaceDeclaration(node) &&
      /\/typescript\/lib\/|\/@types\/node\//.test(node.getSourceFile().getFilePath()),
  )
  if (isOfLibrary || declared.some((node) => Node.isClassDeclaration(node) || Node.isClassExpression(node)))
    throw lost(type, place, 'has no JSON', JSON_INSTEAD[named?.getName() ?? ''] ?? 'an object type of the values in it')
  const isPlain = type.isObject() || type.isIntersection()
  const isOpen = isPlain && type.getProperties().length === 0 && indexesOf(type, place).length === 0
  if (!isPlain || isOpen)
    throw lost(type, place, 'says nothing', 'its properties, Record<string, …>, or Record<string, never>')
}

const undefinedIsNoJson = (type: Type, place: Place) =>
  lost(type, place, 'has no JSON', 'a property with "?" if it may be missing, null if it may be empty')
