import type { Call, EventFault, Step, Turn } from '@nacre/session'

/** So many steps in a row that make the same calls and fail the same way are enough. */
const REPEATS = 4

/** Why a turn goes in a circle, if it does: a model that repeats a failing call would repeat it until the money is gone. */
export function stuckIn(open: Turn): EventFault | undefined {
  const last = open.steps.filter((step) => step.end?.outcome === 'completed' && !step.compacts).slice(-REPEATS)
  const [first] = last
  if (last.length < REPEATS || first === undefined || !last.every(hasFailed)) return undefined
  const said = signature(first)
  if (!last.every((step) => signature(step) === said)) return undefined
  return {
    code: 'limit_exceeded',
    message: `The model made the same failing call ${REPEATS} times in a row: ${first.calls.map((call) => call.name).join(', ')}.`,
    mend: 'Look at what the call answered, then say what to do differently.',
  }
}

const hasFailed = (step: Step) =>
  step.calls.length > 0 && step.calls.every((call) => resultOf(call)?.outcome === 'error')

const signature = (step: Step) =>
  JSON.stringify(step.calls.map((call) => [call.name, call.argsText, resultOf(call)?.parts]))

const resultOf = ({ status }: Call) => (status.type === 'finished' ? status : undefined)
