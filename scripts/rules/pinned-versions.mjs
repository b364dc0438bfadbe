const EXACT = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/

/** The same clone installs the same code tomorrow. Ranges are for peers only. */
export function pinnedVersions(tree) {
  const root = { dir: '.', manifest: tree.manifest }
  return [...[root, ...tree.members].flatMap(looseInManifest), ...looseInCatalog(tree.catalog)]
}

function looseInManifest({ dir, manifest }) {
  const groups = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies]
  const versions = groups.flatMap((group) => Object.entries(group ?? {}))
  return versions
    .filter(([, version]) => !EXACT.test(version) && version !== 'workspace:*' && version !== 'catalog:')
    .map(([name, version]) => loose(`${dir}/package.json`, name, version))
}

function looseInCatalog(text) {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => /^catalog:\s*$/.test(line))
  if (start < 0) return []
  const end = lines.findIndex((line, index) => index > start && /^\S/.test(line))
  return lines.slice(start + 1, end < 0 ? undefined : end).flatMap((line) => {
    const entry = /^\s+['"]?([^'":]+)['"]?:\s*['"]?([^'"\s]+)['"]?\s*$/.exec(line)
    return entry && !EXACT.test(entry[2]) ? [loose('pnpm-workspace.yaml', entry[1], entry[2])] : []
  })
}

function loose(path, name, version) {
  return { path, message: `${name} "${version}": write an exact version, "catalog:" or "workspace:*"` }
}
