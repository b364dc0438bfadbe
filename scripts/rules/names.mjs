const EMPTY_NAMES = /^(?:utils?|common|helpers?|misc)$/

/** A folder or file is named by its idea; these names say nothing and collect everything. */
export function names(tree) {
  return tree.files.flatMap(({ path }) => {
    const segments = path.split('/').slice(1)
    const empty = segments.find((segment) => EMPTY_NAMES.test(segment.replace(/\.\w+$/, '')))
    return empty ? [{ path, message: `"${empty}" says nothing: name it by the idea it holds` }] : []
  })
}
