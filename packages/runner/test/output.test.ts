import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../src/command-line/table.js'
import { makePlace, type Ran } from './place.js'

const SCHEMAS = fileURLToPath(new URL('../../../docs/schemas/', import.meta.url))

const CATALOG = JSON.stringify({ house: { id: 'house', models: { m: { id: 'm', cost: { input: 1, output: 2 } } } } })

/** Judges what a command printed by the schema that is published for it. */
function judge(name: string, { stdout }: Ran): void {
  const file = name.replaceAll(' ', '-')
  const schema = JSON.parse(readFileSync(join(SCHEMAS, `${file}.json`), 'utf8'))
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true, validateFormats: false }).compile(schema)
  const { json } = COMMANDS.find((command) => command.name === name) ?? {}
  const objects = json === 'lines' ? stdout.trim().split('\n') : [stdout]
  expect(stdout.trim(), name).not.toBe('')
  for (const line of objects)
    expect(validate(JSON.parse(line)), `${name}: ${JSON.stringify(validate.errors)} ${line}`).toBe(true)
}

describe('--json', { timeout: 120_000 }, () => {
  test('of every command is what its published schema says', async () => {
    await using place = makePlace()
    const file = join(place.root, 'session.jsonl')
    const judged = new Set<string>()
    const check = async (name: string, ...more: string[]) => {
      judge(name, await place.run(...name.split(' '), ...more, '--json'))
      judged.add(name)
    }
    await check('status')
    await check('stop')
    await place.run('start', '--detach')
    await check('ask', 'read notes.md')
    await place.run('ask', 'run `date`', '--yes')
    const client = place.client()
    const { session } = await client.createSession({ title: 'Boats' })
    await client.send(session, 'run `date`')
    for await (const item of client.watch(session, { after: 0, signal: AbortSignal.timeout(10_000) })) {
      if (item.kind !== 'stored' || item.event.type !== 'approval.requested') continue
      const { call, hash } = item.event as unknown as { call: string; hash: string }
      await client.approve(session, { call, hash }, 'always')
      break
    }
    await client.close()
    await check('approvals')
    await check('status')
    for (const name of ['events', 'logs', 'usage', 'sessions list']) await check(name)
    for (const by of ['user', 'session', 'day']) await check('usage', '--by', by)
    const [one] = (await place.run('sessions', '--json')).stdout.split('\n').filter((line) => line.includes('"idle"'))
    const id = JSON.parse(one ?? '{}').session
    for (const name of ['sessions show', 'sessions fork', 'sessions archive']) await check(name, id)
    await check('sessions list', '--archived')
    await check('sessions unarchive', id)
    await check('sessions rename', id, 'Ropes')
    await check('replay', id)
    await check('export', id, '--out', file)
    await check('stop')
    await check('import', file, '--as', 'again')
    await check('sessions delete', 'again', '--yes')
    for (const name of ['catalog verify', 'catalog diff', 'catalog show']) await check(name)
    const served = createServer((_, response) => response.end(CATALOG)).listen(0, '127.0.0.1')
    await once(served, 'listening')
    await check('catalog fetch', '--url', `http://127.0.0.1:${(served.address() as AddressInfo).port}/`)
    served.close()
    const told = COMMANDS.filter(({ json, hidden }) => json && !hidden).map(({ name }) => name)
    expect([...judged].toSorted()).toEqual(told.toSorted())
  })
})
