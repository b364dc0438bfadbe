import { testContext } from '@nacre/tool/testing'
import { memoryWorkspace } from '@nacre/tools/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { call } from './support/call.js'
import { textOf } from './support/place.js'

async function edit(content: string | Uint8Array, old_text: string, new_text: string, more: object = {}) {
  const workspace = memoryWorkspace({ a: content })
  const { outcome, text } = await call(workspace, 'file_edit', { path: 'a', old_text, new_text, ...more })
  return { outcome, text, content: textOf(workspace.files.get('/shared/a') ?? new Uint8Array()) }
}

describe('file_edit', () => {
  it('replaces the one place, dollars and all, and says its line', async () => {
    expect(await edit('one\ntwo\nthree\n', 'two', "$& $1 $'")).toEqual({
      outcome: 'ok',
      text: 'Replaced 1 place in "a", at line 2.',
      content: "one\n$& $1 $'\nthree\n",
    })
    expect((await edit('one\ntwo\n', 'one\ntw', '')).content).toBe('o\n')
  })

  it('replaces all places if told so', async () => {
    expect(await edit('a b\na\n', 'a', 'x', { replace_all: true })).toEqual({
      outcome: 'ok',
      text: 'Replaced 2 places in "a", the first at line 1.',
      content: 'x b\nx\n',
    })
  })

  it.each([
    ['x\ny x\n\nx', 'x', 'old_text is there 3 times, in lines 1, 2, 4. Take in more of the lines'],
    ['aaa', 'aa', 'old_text is there 2 times, in lines 1, 1.'],
    ['x\n'.repeat(12), 'x', 'in lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more.'],
    ['  const a = 1\nconst b = 2\n', '\tconst a = 1\n', 'The nearest line is 1:   const a = 1'],
    ['let x\nconst total = sum(a, b)\n', 'const total = sum(b, a)', 'The nearest line is 2: const total = sum(a, b)'],
    ['one\r\ntwo\r\n', 'one\ntwo', 'Its lines end with \\r\\n'],
    ['something', 'else', 'No line is like it; read the file first.'],
    ['', 'else', 'No line is like it'],
    ['same', 'same', 'nothing would change'],
  ])('of %j refuses %j and changes nothing', async (content, old, words) => {
    const refused = await edit(content, old, old === 'same' ? 'same' : 'new')
    expect(refused).toMatchObject({ outcome: 'error', content })
    expect(refused.text).toMatch(/^"a" was not changed: /)
    expect(refused.text).toContain(words)
  })

  it('leaves what is no text, and what is too large, as it is', async () => {
    expect((await edit(new Uint8Array([0x61, 0]), 'a', 'b')).text).toMatch(/^"a" is not UTF-8 text \(2 bytes\)/)
    const large = new Uint8Array(8 * 1024 * 1024 + 1).fill(0x61)
    expect((await edit(large, 'a', 'b')).text).toBe('"a" is too large to be edited (8388609 bytes).')
  })

  it('edits a file of several slices', async () => {
    const filler = `${'é'.repeat(99)}\n`.repeat(8_000)
    const { text, content } = await edit(`${filler}needle\n${filler}`, 'needle', 'thread')
    expect(text).toBe('Replaced 1 place in "a", at line 8001.')
    expect(content === `${filler}thread\n${filler}`).toBe(true)
  })

  it('is fenced, and keeps the refusals of the workspace', async () => {
    const workspace = memoryWorkspace({ a: 'x' })
    await workspace.fence({ session: testContext().session, epoch: 2 })
    const args = { path: 'a', old_text: 'x', new_text: 'y' }
    expect((await call(workspace, 'file_edit', args)).text).toMatch(/Epoch 1 .* is over/)
    expect((await call(workspace, 'file_edit', { ...args, path: '../a' })).text).toMatch(/climbs with "\.\."/)
    expect((await call(workspace, 'file_edit', { ...args, path: 'b' })).text).toMatch(/There is no/)
  })

  it('comes to what was wanted for any text with one such place', async () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'b', '\n', 'é', '$&') })
    await fc.assert(
      fc.asyncProperty(piece, piece, piece, async (before, after, fresh) => {
        const { content } = await edit(`${before}[here]${after}`, '[here]', fresh)
        expect(content).toBe(`${before}${fresh}${after}`)
      }),
    )
  })
})
