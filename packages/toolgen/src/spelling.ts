import { Node, type Type, type TypeNode } from 'ts-morph'

const DEPTH = 8

/**
 * The members of a union as its author wrote them. The compiler's order is by when it first saw each type in any file, so
 * that an edit elsewhere would change it. What is not written out comes last, by its text.
 */
export function inSourceOrder(members: readonly Type[], written: Node): readonly Type[] {
  const spelled = spelledTypes(written, DEPTH)
  const ranked = members.map((member) => {
    const rank = spelled.findIndex((type) => type.compilerType === member.compilerType)
    return { member, rank: rank === -1 ? spelled.length : rank, text: member.getText() }
  })
  return ranked
    .toSorted((a, b) => a.rank - b.rank || (a.text < b.text ? -1 : Number(a.text > b.text)))
    .map(({ member }) => member)
}

/** The types that are named below a node, in the order of the text, through the aliases that it uses. */
function spelledTypes(node: Node, depth: number): readonly Type[] {
  if (depth === 0) return []
  const nodes = [node, ...node.getDescendants()].filter((inner): inner is TypeNode => Node.isTypeNode(inner))
  return nodes.flatMap((inner) => [
    inner.getType(),
    ...aliasesOf(inner).flatMap((alias) => spelledTypes(alias, depth - 1)),
  ])
}

function aliasesOf(node: TypeNode): readonly Node[] {
  if (!Node.isTypeReference(node)) return []
  const named = node.getTypeName().getSymbol()
  const declared = (named?.getAliasedSymbol() ?? named)?.getDeclarations() ?? []
  return declared.filter(Node.isTypeAliasDeclaration).flatMap((alias) => alias.getTypeNode() ?? [])
}
