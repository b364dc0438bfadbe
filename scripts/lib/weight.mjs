/** What a production install may come to. Everyone who installs Nacre pays it. */
const LIMITS = { packages: 40, megabytes: 60 }

const HEAVIEST = 5

/** `{ packages, megabytes, complaint }` of a production install; the complaint is undefined while it is within bounds. */
export function weigh(packages) {
  const megabytes = packages.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6
  const within = packages.length < LIMITS.packages && megabytes < LIMITS.megabytes
  return { packages: packages.length, megabytes, complaint: within ? undefined : words(packages, megabytes) }
}

function words(packages, megabytes) {
  const heaviest = packages
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, HEAVIEST)
    .map(({ name, version, bytes }) => `  ${(bytes / 1e6).toFixed(1)} MB  ${name} ${version}`)
  return [
    `a production install of the runner has ${packages.length} packages and ${megabytes.toFixed(1)} MB;`,
    `it has to stay below ${LIMITS.packages} and ${LIMITS.megabytes} MB. The heaviest:`,
    ...heaviest,
  ].join('\n')
}
