/** Every package can be met the same way: a README, one door, tests, and a sentence that says what it is. */
export function packageShape(tree) {
  const paths = tree.files.map(({ path }) => path)
  return tree.members
    .filter(({ dir }) => dir.startsWith('packages/'))
    .flatMap(({ dir, manifest }) => {
      const wanted = {
        'README.md': paths.includes(`${dir}/README.md`),
        'src/index.ts': paths.includes(`${dir}/src/index.ts`),
        'test/*.test.ts': paths.some((path) => path.startsWith(`${dir}/test/`) && path.endsWith('.test.ts')),
        'a description in package.json': Boolean(manifest.description),
      }
      const missing = Object.keys(wanted).filter((what) => !wanted[what])
      return missing.map((what) => ({ path: dir, message: `has no ${what}` }))
    })
}
