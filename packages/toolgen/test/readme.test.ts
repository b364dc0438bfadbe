import { readFileSync } from 'node:fs'
import { runToolgen } from '@nacre/toolgen'
import { expect, it } from 'vitest'
import { place } from './support/place.js'

it('the README shows what toolgen makes of its example', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [source = '', generated = ''] = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code)
  const at = place()
  const layout = { indentStyle: 'space', lineWidth: 120 }
  const javascript = { formatter: { quoteStyle: 'single', semicolons: 'asNeeded' } }
  at.write('biome.json', JSON.stringify({ root: true, formatter: layout, javascript }))
  expect(runToolgen([at.write('weather.tools.ts', source)], { check: false }).ok).toBe(true)
  const [, ...lines] = at.read('weather.tools.gen.ts').split('\n')
  expect(lines.join('\n')).toBe(generated)
})
