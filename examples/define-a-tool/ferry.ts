import { defineTool } from '@nacre/tool'
import { z } from 'zod'

/** What was booked, so that this example can see that it happened once. */
export const booked: string[] = []

/** The zod object is the check, the type of `run`'s argument, and the JSON Schema that the model is shown. */
export const bookFerry = defineTool({
  name: 'book_ferry',
  description: 'Books seats on the ferry. It costs money and cannot be undone.',
  input: z.strictObject({
    from: z.string().describe('A harbour, such as "Chios"'),
    to: z.string(),
    seats: z.int().min(1).max(6),
  }),
  safety: 'privileged', // by the default policy, a person is asked first
  replay: 'never', // after a crash in mid-call it is not run again: the model is told that the outcome is unknown
  async run({ from, to, seats }, { call, progress }) {
    progress('stdout', `asking the harbour of ${from} …\n`)
    booked.push(call)
    progress('stdout', `${seats} seats are held\n`)
    return `Booked: ${seats} seats from ${from} to ${to}.`
  },
})
