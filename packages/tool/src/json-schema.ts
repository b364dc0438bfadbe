import { Fault, type Json, type JsonObject } from '@nacre/types'
import { Ajv, type ErrorObject, type Options } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { amountOf, fewProblems, kindOf, pathOf, shown, typeWords, unitOf, unknownKeyWords } from './problems.js'
import type { Parsed } from './tool.js'

// `strict` would refuse words that Ajv does not know, which JSON Schema says to ignore. A format is a hint for the model.
const OPTIONS: Options = { strict: false, validateFormats: false, allErrors: true, verbose: true, logger: false }

/**
 * What judges arguments by a JSON Schema: 2020-12, or draft 7 where `dialect` says so. Throws a Fault `invalid_input` if
 * the schema cannot be understood. Nothing is fetched: a `$ref` has to point into the schema itself.
 */
export function judgeOf(tool: string, schema: JsonObject, dialect?: Json): (args: unknown) => Parsed {
  const Judge = typeof dialect === 'string' && /draft-0[4-7]/.test(dialect) ? Ajv : Ajv2020
  const validate = compile(tool, () => new Judge(OPTIONS).compile(schema))
  return (args) => {
    if (validate(args)) return { ok: true, value: args }
    return { ok: false, problems: fewProblems(problemsOf(validate.errors ?? [])) }
  }
}

function compile<T>(tool: string, act: () => T): T {
  try {
    return act()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown'
    const mend = 'Correct the schema; a $ref must point into it'
    throw new Fault('invalid_input', `The JSON Schema of the tool "${tool}" cannot be judged: ${why}`, { mend, cause })
  }
}

/** What fails inside a form of a union is said by the union: one line for all its forms. */
function problemsOf(errors: readonly ErrorObject[]): readonly string[] {
  const unions = errors.filter(isUnion)
  const inside = (error: ErrorObject) => unions.some((union) => error.schemaPath.startsWith(`${union.schemaPath}/`))
  const lines = errors
    .filter((error) => error.keyword !== 'if' && !inside(error))
    .map((error) => `${pathOf(pathTo(error))}${wordsFor(error, errors)}`)
  return [...new Set(lines)]
}

const isUnion = ({ keyword }: ErrorObject) => keyword === 'anyOf' || keyword === 'oneOf'

function wordsFor(error: ErrorObject, all: readonly ErrorObject[]): string {
  const { keyword, params, schema, data } = error
  switch (keyword) {
    case 'type':
      return typeWords([schema].flat().join(' or '), data)
    case 'required':
      return `expected ${typeOf(error)}, got nothing`
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return unknownKeyWords(String(params.additionalProperty ?? params.unevaluatedProperty), keysOf(error))
    case 'enum':
    case 'const':
      return `expected ${[schema]
        .flat()
        .map((value) => JSON.stringify(value))
        .join(' or ')}, got ${shown(data)}`
    case 'pattern':
      return `expected a string that matches /${params.pattern}/, got ${kindOf(data)}`
    case 'anyOf':
    case 'oneOf':
      return unionWords(error, all)
    default:
      return `expected ${boundWords(error)}, got ${amountOf(data)}`
  }
}

function boundWords({ keyword, params, message = 'what the schema says', data }: ErrorObject): string {
  const unit = unitOf(Array.isArray(data) ? 'array' : typeof data)
  if (/^min(?:imum|Length|Items)$/.test(keyword)) return `at least ${params.limit}${unit}`
  if (/^max(?:imum|Length|Items)$/.test(keyword)) return `at most ${params.limit}${unit}`
  return message.replace(/^must (?:be )?/, '')
}

function unionWords(union: ErrorObject, all: readonly ErrorObject[]): string {
  if (union.params.passingSchemas) return `fits more than one of its forms, got ${kindOf(union.data)}`
  const within = all.filter((error) => error.schemaPath.startsWith(`${union.schemaPath}/`) && !isUnion(error))
  const from = pathTo(union).length
  const words = within.map((error) => `${pathOf(pathTo(error).slice(from))}${wordsFor(error, all)}`)
  return words.length === 0 ? `fits none of the forms, got ${kindOf(union.data)}` : [...new Set(words)].join(', or ')
}

/** JSON Schema reports what is missing at the object; a model looks for the name of the argument. */
function pathTo({ instancePath, keyword, params }: ErrorObject): readonly PropertyKey[] {
  const keys = instancePath
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  const path = keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key))
  return keyword === 'required' ? [...path, String(params.missingProperty)] : path
}

function typeOf({ params, parentSchema }: ErrorObject): string {
  const type: unknown = parentSchema?.properties?.[params.missingProperty]?.type
  return typeof type === 'string' ? type : 'a value'
}

const keysOf = ({ parentSchema }: ErrorObject): readonly string[] => Object.keys(parentSchema?.properties ?? {})
