import { isObject } from '../loose.js'
import type { Catalog, CatalogModel } from './catalog.js'

/** How two catalogs differ in one model, `provider/model`. */
export type CatalogChange =
  | { readonly type: 'added' | 'removed'; readonly model: string }
  | { readonly type: 'changed'; readonly model: string; readonly fields: readonly FieldChange[] }
/** `field` is a path such as `cost.input`; a value that is not there is undefined. */
export type FieldChange = { readonly field: string; readonly before: unknown; readonly after: unknown }

/** What `after` says otherwise than `before`, by the models' names. */
export function diffCatalogs(before: Catalog, after: Catalog): readonly CatalogChange[] {
  const [old, young] = [modelsByName(before), modelsByName(after)]
  return [...new Set([...old.keys(), ...young.keys()])].toSorted().flatMap((model) => change(model, old, young))
}

type Models = ReadonlyMap<string, CatalogModel>

const modelsByName = (catalog: Catalog): Models =>
  new Map(
    Object.entries(catalog).flatMap(([provider, { models }]) =>
      Object.entries(models).map(([model, facts]) => [`${provider}/${model}`, facts] as const),
    ),
  )

function change(model: string, old: Models, young: Models): readonly CatalogChange[] {
  const [before, after] = [old.get(model), young.get(model)]
  if (before === undefined) return [{ type: 'added', model }]
  if (after === undefined) return [{ type: 'removed', model }]
  const fields = fieldChanges(before, after, '')
  return fields.length === 0 ? [] : [{ type: 'changed', model, fields }]
}

function fieldChanges(before: object, after: object, path: string): readonly FieldChange[] {
  const [old, young] = [new Map(Object.entries(before)), new Map(Object.entries(after))]
  return [...new Set([...old.keys(), ...young.keys()])].flatMap((key) => {
    const [was, is] = [old.get(key), young.get(key)]
    const field = path + key
    if (isObject(was) && isObject(is)) return fieldChanges(was, is, `${field}.`)
    return JSON.stringify(was) === JSON.stringify(is) ? [] : [{ field, before: was, after: is }]
  })
}
