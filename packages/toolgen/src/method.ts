import { type CallExpression, type MethodDeclaration, Node, type SourceFile } from 'ts-morph'
import { prose } from './docstring.js'
import { ToolgenProblem } from './problem.js'
import { type Method, type Shape, schemaName } from './shape.js'
import { shapeOf } from './type.js'

/** The methods with `@tool(…)` in a file, in its order. Throws a ToolgenProblem at the first that cannot be told to a model. */
export function methodsOf(file: SourceFile): readonly Method[] {
  const marked = file.getClasses().flatMap((owner) => owner.getMethods().flatMap(withMark))
  if (marked.length === 0) throw new ToolgenProblem(file, 'has no method with @tool', 'another name than *.tools.ts')
  const methods = marked.map(([method, mark]) => methodOf(method, mark))
  for (const [index, { name }] of methods.entries()) {
    if (methods.findIndex((other) => other.name === name) === index) continue
    const at = marked[index]?.[0] ?? file
    throw new ToolgenProblem(at, `two methods of this file are called ${name}`, 'another name for one, or another file')
  }
  return methods
}

function withMark(method: MethodDeclaration): [MethodDeclaration, CallExpression][] {
  return method.getDecorators().flatMap((decorator) => {
    const mark = decorator.getName() === 'tool' ? decorator.getCallExpression() : undefined
    return mark ? [[method, mark]] : []
  })
}

function methodOf(method: MethodDeclaration, mark: CallExpression): Method {
  const name = method.getName()
  refuseUnnamed(method)
  refuseOtherSchema(mark, schemaName(name))
  const description = prose(method.getJsDocs().at(-1)?.getDescription() ?? '')
  if (description === '')
    throw new ToolgenProblem(
      method,
      `${name} has no docstring`,
      'one that says what the tool is for: models choose by it',
    )
  return { name, description, input: inputOf(method) }
}

function refuseUnnamed(method: MethodDeclaration): void {
  const identifier = /^[A-Za-z][A-Za-z0-9]*$/
  if (!identifier.test(method.getName()))
    throw new ToolgenProblem(method, `${method.getName()} makes no name for a schema`, 'a name of letters and digits')
  if (method.getTypeParameters().length > 0 || method.getOverloads().length > 0)
    throw new ToolgenProblem(method, `${method.getName()} has no single type of argument`, 'one signature without <T>')
}

/** Or the method would be told to a model by a schema that was written of something else. */
function refuseOtherSchema(mark: CallExpression, wanted: string): void {
  const [options] = mark.getArguments()
  const schema = Node.isObjectLiteralExpression(options) ? options.getProperty('schema') : undefined
  const value = Node.isPropertyAssignment(schema) ? schema.getInitializer() : undefined
  if (value?.getText() !== wanted)
    throw new ToolgenProblem(mark, `this @tool does not name its own schema`, `schema: ${wanted}`)
}

function inputOf(method: MethodDeclaration): Shape {
  const [input] = method.getParameters()
  if (input === undefined) return { type: 'object', properties: [] }
  if (input.isOptional() || input.isRestParameter())
    throw new ToolgenProblem(input, 'the argument may be missing', 'one argument that is always there')
  const shape = shapeOf(input)
  if (shape.type === 'object') return shape
  throw new ToolgenProblem(input, `${input.getText()} is not an object`, 'an object with a property for each argument')
}
