/** Notes whether something holds, and why not. */
export type Check = (what: string, holds: boolean, detail?: unknown) => boolean;

/** Runs the checks of a program and ends the process; see `program.mjs`. */
export function program(name: string, body: (check: Check) => Promise<void>): Promise<void>;
