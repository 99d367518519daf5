/** The name of one run. A file of its own: a run with nothing to do loads it and hardly anything else. */

/** Sorts by time; unlike any other run's, also of the same second. */
export function newRunId(now: Date): string {
  const time = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${time}-${process.pid.toString(36)}${process.hrtime.bigint().toString(36).slice(-4)}`;
}

/** The form of a run's name, as a regular expression. */
export const runIdPattern: string = String.raw`\d{8}-\d{6}-[0-9a-z]+`;
