// The server-sent events transport in distinct connections mode, through the client of graphql-sse and, for
// Last-Event-ID, through plain fetch.
import { isDeepStrictEqual } from 'node:util';
import { createClient } from 'graphql-sse';
import { COMPANIES, INVALID, PROGRESS, login, onboard, urls } from './api.mjs';
import { checkJobStream } from './job-stream.mjs';
import { program } from './program.mjs';
import { collect, single } from './subscribing.mjs';

await program('sse', async (check, skip) => {
  const token = await login();
  const client = connect(token);
  const job = await onboard(token);
  const history = await checkJobStream(check, skip, job, (variables) => collect(client, variables));

  const companies = await single(client, { query: COMPANIES });
  check(
    'a query is answered as a stream, with the customers that were found',
    companies.data?.companies.nodes.some(({ customers }) => customers.totalCount > 0 && customers.nodes.length > 0),
    companies,
  );
  const invalid = await single(client, { query: INVALID });
  check(
    'an invalid document gives an error message',
    Boolean(await firstMessage(invalid)),
    String(invalid.error ?? JSON.stringify(invalid)),
  );
  const { error } = await single(connect('not-a-token'), { query: '{ __typename }' });
  check('a wrong token is refused with 401', error?.response?.status === 401, String(error?.response?.status ?? error));
  await checkLastEventId(check, token, job.id, history);
});

/** An EventSource that lost its connection sends the id of the last event it saw, which is that event's cursor. */
async function checkLastEventId(check, token, jobId, history) {
  const middle = Math.floor(history.length / 2);
  const response = await fetch(urls.stream, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      'last-event-id': history[middle].cursor,
    },
    body: JSON.stringify({ query: PROGRESS, variables: { jobId } }),
  });
  const type = response.headers.get('content-type') ?? '';
  check('the stream is text/event-stream', type.startsWith('text/event-stream'), type);
  const messages = parse(await response.text());
  const events = messages.filter(({ event }) => event === 'next');
  const received = events.map(({ data }) => JSON.parse(data).data?.jobProgress);
  check('after Last-Event-ID exactly the rest comes', isDeepStrictEqual(received, history.slice(middle + 1)), received);
  check(
    'the id of each message is its cursor',
    events.every(({ id }, n) => id && id === received[n]?.cursor),
    events,
  );
  check('the last message is complete', messages.at(-1)?.event === 'complete', messages.at(-1));
}

function connect(token) {
  return createClient({
    url: urls.stream,
    headers: { Authorization: `Bearer ${token}` },
    // A retry would hide a broken connection.
    retryAttempts: 0,
  });
}

/** The first message of a failed operation: graphql-sse allows the errors as an event and as a response with 400. */
async function firstMessage({ errors, error }) {
  const all = error?.response?.status === 400 ? (await error.response.json()).errors : errors;
  return all?.[0]?.message;
}

/** The messages of a finished event stream; comments are left out. */
function parse(text) {
  return text
    .replaceAll('\r\n', '\n')
    .split('\n\n')
    .map((block) => {
      const fields = block.split('\n').filter((line) => line && !line.startsWith(':'));
      return Object.fromEntries(fields.map((line) => line.match(/^([^:]*):? ?(.*)$/).slice(1)));
    })
    .filter(({ event }) => event);
}
