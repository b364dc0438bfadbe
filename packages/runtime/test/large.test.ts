import { scriptedAnswer, scriptedProvider } from '@nacre/providers/testing'
import { recordingTool } from '@nacre/tool/testing'
import { expect, test } from 'vitest'
import { agentOf, readAll, turnOf } from './support.js'

test('a tool call that is too large fails the turn and says so; nothing of it runs', async () => {
  for (const note of ['x'.repeat(170_000), '"'.repeat(90_000)]) {
    const tool = recordingTool()
    const provider = scriptedProvider([scriptedAnswer('Here:', [{ name: 'record', args: { note } }])])
    const { events } = await readAll(turnOf(agentOf(provider, [tool]), 'go'))
    expect(events.at(-1)).toMatchObject({ outcome: 'failed', fault: { code: 'limit_exceeded' } })
    expect(tool.calls).toEqual([])
  }
})
