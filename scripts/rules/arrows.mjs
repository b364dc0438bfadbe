/**
 * The arrows of the architecture: what each package may name in its `dependencies`. `turbo boundaries` judges everything
 * reachable, development dependencies included, so its lists have to be wider than these.
 */
const ARROWS = {
  types: [],
  kit: ['types'],
  session: ['types', 'kit'],
  tool: ['types', 'kit'],
  toolgen: [],
  log: ['types', 'kit', 'session'],
  tools: ['types', 'kit', 'tool'],
  providers: ['types', 'kit'],
  runtime: ['types', 'kit', 'session', 'tool'],
  engine: ['types', 'kit', 'session', 'runtime'],
  gateway: ['types', 'kit', 'session'],
  client: ['types', 'kit', 'session'],
  tui: ['client'],
  runner: undefined,
}

export function arrows(tree) {
  return tree.members.filter(({ dir }) => dir.startsWith('packages/')).flatMap(wrongArrows)
}

function wrongArrows({ dir, manifest }) {
  const name = dir.slice('packages/'.length)
  if (!(name in ARROWS)) return [{ path: dir, message: 'is not in the table of scripts/rules/arrows.mjs' }]
  const allowed = ARROWS[name]
  if (!allowed) return []
  return Object.keys(manifest.dependencies ?? {})
    .filter((dependency) => dependency.startsWith('@nacre/') && !allowed.includes(dependency.slice('@nacre/'.length)))
    .map((dependency) => ({
      path: `${dir}/package.json`,
      message: `${dependency} is no arrow of the architecture; ${name} may know ${allowed.join(', ') || 'nothing'}`,
    }))
}
