export type HeaderValues = Readonly<Record<string, string | string[] | undefined>>

/** The named headers of one value each, and no others. */
export const picked = (headers: HeaderValues, names: readonly string[], judged = (value: string) => value) =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name]
      return typeof value === 'string' ? [[name, judged(value)] as const] : []
    }),
  )
