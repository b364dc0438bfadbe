/** What the schema of a client's frames takes, in words: by command, `takes(field)`. */
export function accepted(schema) {
  const { oneOf } = schema.toJSONSchema({ io: 'input' })
  return new Map(
    oneOf.map(({ properties: { type, payload } }) => [
      type.const,
      { payload, takes: (name) => inWords(payload.properties[name]) },
    ]),
  )
}

/** The values that have a name of their own, in the order in which commands want them. */
export function kindsIn(schemas) {
  const kinds = new Map()
  for (const { payload } of schemas.values())
    for (const { title, ...rule } of Object.values(payload.properties)) if (title) kinds.set(title, rule)
  return [...kinds].map(([title, rule]) => [title, inWords(rule)])
}

/** The fields of each kind of part. */
export function partsIn(schemas) {
  const { items } = schemas.get('send').payload.properties.parts
  return items.oneOf.flatMap(({ properties: { type, ...fields } }) =>
    Object.entries(fields).map(([name, rule]) => [`\`${type.const}\``, `\`${name}\``, inWords(rule)]),
  )
}

function inWords(rule) {
  if (rule.title) return rule.title
  return [kind(rule), rule.description].filter(Boolean).join('; ')
}

function kind({ type, description: _, enum: values, pattern, ...bounds }) {
  const { minLength = 0, maxLength, minimum, maximum, minItems, maxItems, items, ...unknown } = bounds
  const names = Object.keys(unknown)
  if (names.length > 0)
    throw new Error(`no words for "${names.join('", "')}" of a schema: scripts/lib/frame-schema.mjs`)
  if (values) return values.map((value) => `\`${value}\``).join(', ')
  if (pattern) return `\`${pattern}\``
  if (type === 'boolean') return '`true`, `false`'
  if (items) return `${minItems}–${maxItems} parts`
  if (type === 'integer')
    return maximum < Number.MAX_SAFE_INTEGER ? `${minimum}–${maximum}` : `whole number from ${minimum}`
  if (maxLength !== undefined) return `${minLength}–${maxLength} characters`
  return type === 'string' ? 'text' : type
}
