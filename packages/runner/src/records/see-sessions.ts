/** The way out for whoever named a session that is not there. */
export const seeSessions = (program: string): string =>
  `See them: ${program} sessions --archived. One is named by its id, the beginning of it, or its whole title.`
