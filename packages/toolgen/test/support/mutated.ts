import fc from 'fast-check'

const OTHERS: readonly unknown[] = [null, true, false, 7.5, -3, 0, 'text', '', [], {}, ['x'], { x: 1 }, 1e20]

/** JSON that differs from what `values` gives in one place: another value there, a key less, or one too many. */
export function mutated(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(values, fc.nat(), fc.constantFrom('replace', 'remove', 'add'), fc.constantFrom(...OTHERS))
    .map(([value, at, act, other]) => {
      const copy: unknown = structuredClone(value)
      const places = placesIn(copy)
      const place = places[at % places.length]
      if (place === undefined || (act === 'replace' && at % 10 === 0)) return other
      const [holder, key] = place
      if (act === 'add' && !Array.isArray(holder)) Object.assign(holder, { zzz: other })
      else if (act === 'remove' && !Array.isArray(holder)) Reflect.deleteProperty(holder, key)
      else Object.assign(holder, { [key]: structuredClone(other) })
      return copy
    })
}

/** Every key of every object and array inside. */
function placesIn(value: unknown): readonly (readonly [object, string])[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [[value, key] as const, ...placesIn(inner)])
}
