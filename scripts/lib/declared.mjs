import { createRequire } from 'node:module'
import { join } from 'node:path'
import { ROOT } from './root.mjs'

// Of toolgen, the one package that reads types: no other has a compiler that can be asked.
const { Node, Project } = createRequire(join(ROOT, 'packages', 'toolgen', 'package.json'))('ts-morph')

/** What a type of ours is in plain words; one that is declared in the files is named, or told by its values. */
const PLAIN = {
  Seq: 'seq',
  SessionId: 'session id',
  BlobHash: 'hash',
  UserId: 'id',
  GatewayErrorCode: 'one of the [codes](#errors)',
  Reply: 'an object',
  LogItem: 'an [item](#events)',
}

/** Reads what is declared in source files, and the docstrings there: nothing is resolved, so an alias must be in one of them. */
export function readDeclared(paths) {
  const project = new Project({ skipAddingFilesFromTsConfig: true, skipFileDependencyResolution: true })
  const files = paths.map((path) => project.addSourceFileAtPath(join(ROOT, path)))
  const find = (get, name) => files.map((file) => file[get](name)).find((found) => found !== undefined)
  const alias = (name) =>
    find('getTypeAlias', name) ?? fail(`no file of the protocol declares the type ${name}: scripts/protocol-docs.mjs`)

  function fieldsIn(node, prefix = '') {
    if (node.getText() === 'Empty') return []
    if (Node.isTypeReference(node)) return fieldsIn(alias(node.getText()).getTypeNodeOrThrow(), prefix)
    if (Node.isIntersectionTypeNode(node)) return node.getTypeNodes().flatMap((part) => fieldsIn(part, prefix))
    if (!Node.isTypeLiteral(node)) return []
    return node.getProperties().flatMap((property) => {
      const type = property.getTypeNodeOrThrow()
      const name = `${prefix}${property.getName()}`
      const inner = Node.isTypeLiteral(type) ? fieldsIn(type, `${name}.`) : []
      // Only where it is asked: what a client may send is told by its schema.
      const field = { name, optional: property.hasQuestionToken(), what: docOf(property), is: () => words(type) }
      return [field, ...inner]
    })
  }

  function words(node) {
    if (Node.isTypeLiteral(node)) return 'an object'
    if (Node.isLiteralTypeNode(node)) return `\`${node.getText().replaceAll("'", '')}\``
    if (Node.isUnionTypeNode(node)) return node.getTypeNodes().map(words).join(', ')
    if (Node.isTypeOperatorTypeNode(node)) return words(node.getTypeNode())
    if (Node.isArrayTypeNode(node)) return `a list: ${words(node.getElementTypeNode())}`
    if (Node.isTypeReference(node)) return named(node.getText())
    return (
      { string: 'text', number: 'number', boolean: '`true`, `false`', unknown: 'an object' }[node.getText()] ??
      fail(node)
    )
  }

  function named(name) {
    if (PLAIN[name]) return PLAIN[name]
    const node = alias(name).getTypeNodeOrThrow()
    return Node.isUnionTypeNode(node) ? words(node) : `[${name}](#${name.toLowerCase()})`
  }

  return {
    /** The properties of a type, in order: name, docstring, and the fields of the type of each. */
    membersOf: (name) =>
      alias(name)
        .getTypeNodeOrThrow()
        .getProperties()
        .map((member) => ({
          name: member.getName(),
          what: docOf(member),
          fields: fieldsIn(member.getTypeNodeOrThrow()),
        })),
    fieldsOf: (name) => fieldsIn(alias(name).getTypeNodeOrThrow()),
    docOf: (name) => docOf(alias(name)),
    /** The docstring of a constant. */
    constantDoc: (name) => docOf(find('getVariableStatement', (one) => one.getText().includes(`const ${name} `))),
    /** The docstrings of the keys of a constant, or of the elements of one, by name. */
    inside(name) {
      const value = find('getVariableDeclaration', name).getInitializerOrThrow().getExpression()
      const parts = Node.isArrayLiteralExpression(value) ? value.getElements() : value.getProperties()
      const nameOf = (part) => (Node.isPropertyAssignment(part) ? part.getName() : part.getLiteralText())
      return new Map(parts.map((part) => [nameOf(part), commentOf(part)]))
    },
    /** The types of a union, each with its `type`, its other fields as they are written, and its docstring. */
    unionOf: (name) =>
      alias(name)
        .getTypeNodeOrThrow()
        .getTypeNodes()
        .map((node) => {
          const literal = alias(node.getText()).getTypeNodeOrThrow()
          const parts = Node.isIntersectionTypeNode(literal) ? literal.getTypeNodes() : [literal]
          const [type, ...fields] = parts.flatMap(written)
          return { type: type.is.replaceAll("'", ''), fields, what: docOf(alias(node.getText())) }
        }),
  }

  function written(node) {
    if (Node.isTypeReference(node)) return written(alias(node.getText()).getTypeNodeOrThrow())
    return node.getProperties().map((property) => ({
      name: `${property.getName()}${property.hasQuestionToken() ? '?' : ''}`,
      is: property.getTypeNodeOrThrow().getText().replaceAll('readonly ', ''),
    }))
  }
}

const docOf = (node) => sentence(node?.getJsDocs().map((doc) => doc.getCommentText() ?? ''))
/** A docstring above what is no declaration of its own. */
const commentOf = (node) =>
  sentence(node.getLeadingCommentRanges().map((range) => range.getText().replace(/^\/\*\*|\*\/$|^ *\*/gm, '')))

const sentence = (texts = []) => texts.join(' ').replace(/\s+/g, ' ').trim()

function fail(what) {
  throw new Error(typeof what === 'string' ? what : `no words for the type ${what.getText()}: scripts/lib/declared.mjs`)
}
