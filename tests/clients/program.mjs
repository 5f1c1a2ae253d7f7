// What every program of this folder shares: its checks, their output, its deadline and its exit code.

/** How long a program may take; a server that never answers fails the run instead of hanging it. */
const DEADLINE_SECONDS = Number(process.env.RAPPORT_DEADLINE ?? 180);

/**
 * Runs `body` with the functions `check(name, holds, detail)` and `skip(name, reason)`, prints a line for each and a
 * summary, and ends the process: with 0 when every check held, otherwise with 1.
 */
export async function program(name, body) {
  const count = { passed: 0, failed: 0 };
  const check = (what, holds, detail = '') => {
    count[holds ? 'passed' : 'failed'] += 1;
    const why =
      holds || detail === '' ? '' : `\n       ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`;
    console.log(`${holds ? 'ok    ' : 'NOT OK'} ${name}: ${what}${why}`);
    return holds;
  };
  const skip = (what, reason) => console.log(`skip   ${name}: ${what} (${reason})`);
  const end = () => {
    if (!process.send) console.log(`${name}: ${count.passed} passed, ${count.failed} failed`);
    const exit = () => process.exit(count.failed === 0 ? 0 : 1);
    if (process.send) process.send(count, exit);
    else exit();
  };
  const deadline = setTimeout(() => {
    check(`ends within ${DEADLINE_SECONDS} s`, false);
    end();
  }, DEADLINE_SECONDS * 1000);
  try {
    await body(check, skip);
  } catch (error) {
    check('runs to its end', false, describe(error));
  }
  clearTimeout(deadline);
  end();
}

/** An error in words, whatever a client library hands out as one: an Error, GraphQL errors or a close event. */
export function describe(error) {
  if (Array.isArray(error)) return error.map((item) => item.message).join('; ');
  if (error?.code !== undefined && error?.reason !== undefined) return `closed with ${error.code} ${error.reason}`;
  const cause = error?.cause ? `\n       because of ${error.cause.message ?? error.cause}` : '';
  return `${error?.stack ?? error}${cause}`;
}
