// What must hold for the stream of a job's events, whichever transport carries it.
import { isDeepStrictEqual } from 'node:util';

/**
 * Follows `job` to its end, then reads parts of its history again. `collect(variables)` subscribes to `jobProgress` and
 * gives `{ events, arrivedAt }` once the stream has completed; it rejects on any error. Returns the job's whole history.
 */
export async function checkJobStream(check, skip, job, collect) {
  const jobId = job.id;
  const [whole, live] = await Promise.all([collect({ jobId, after: job.cursor }), collect({ jobId })]);
  const history = whole.events;
  check('the stream completes', true);
  check(
    "the job's own cursor leads to all its events",
    history.length > 2 && history[0].__typename !== 'JobState',
    history.map((event) => event.__typename),
  );
  checkHistory(check, history);
  checkArrival(check, skip, whole);

  const [state, ...afterState] = live.events;
  check(
    'without a cursor the present state comes first',
    state?.__typename === 'JobState' && Boolean(state.status),
    state,
  );
  checkSame(check, 'after the present state comes every later event', afterState, lastOf(history, afterState.length));
  check('the present state is the one before the next event', fitsBetween(history, afterState.length, state));

  const after = async (cursor) => (await collect({ jobId, after: cursor })).events;
  const middle = Math.floor(history.length / 2);
  const rest = history.slice(middle + 1);
  checkSame(check, 'after the first cursor the same stream comes again', await after(state.cursor), afterState);
  checkSame(check, 'after a cursor in the middle exactly the rest comes', await after(history[middle].cursor), rest);
  checkSame(check, 'after the last cursor nothing comes', await after(history.at(-1).cursor), []);
  return history;
}

function checkHistory(check, history) {
  const cursors = history.map((event) => event.cursor);
  check('no cursor comes twice', new Set(cursors).size === cursors.length, cursors);
  const progress = history.map((event) => event.progress);
  check(
    'progress never falls',
    progress.every((value, n) => n === 0 || value >= progress[n - 1]),
    progress,
  );
  check(
    'progress stays between 0 and 1',
    progress.every((value) => value >= 0 && value <= 1),
    progress,
  );
  const last = history.at(-1);
  check('the last event is JobCompleted', last?.__typename === 'JobCompleted', last);
  const tasks = history.filter((event) => event.__typename === 'JobTaskCompleted');
  check('tasks are counted one after the other', tasks.length > 0 && tasks.every(countsUp), tasks);
}

/** Whether a completed task is counted: more are completed than at the one before it in its stage, at most all. */
function countsUp(task, index, tasks) {
  const before = tasks.slice(0, index).findLast((other) => other.stage === task.stage);
  return task.completed > (before?.completed ?? 0) && task.completed <= task.total;
}

/** Events must not be held back until the stream ends, as a buffering proxy or a compressor would. */
function checkArrival(check, skip, { events, arrivedAt }) {
  const name = 'events arrive while the job runs';
  const last = Date.parse(events.at(-1).occurredAt);
  if (last - Date.parse(events[0].occurredAt) < 1000) skip(name, 'the job took less than a second');
  else check(name, arrivedAt < last);
}

/** Whether `state`, which was followed by `count` events, has the progress of that place of the history. */
function fitsBetween(history, count, state) {
  const before = history.at(-count - 1)?.progress ?? 0;
  const after = count > 0 ? history.at(-count).progress : 1;
  return state.progress >= before && state.progress <= after;
}

function checkSame(check, name, actual, expected) {
  check(name, isDeepStrictEqual(actual, expected), `expected ${brief(expected)}, got ${brief(actual)}`);
}

function lastOf(list, count) {
  return list.slice(list.length - count);
}

function brief(events) {
  return JSON.stringify(events.map((event) => [event.__typename, event.cursor]));
}
