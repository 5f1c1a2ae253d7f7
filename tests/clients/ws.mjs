// The WebSocket transport (graphql-transport-ws), through the client of graphql-ws and, for what that client never
// does, through bare sockets.
import { once } from 'node:events';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { COMPANIES, INVALID, PROGRESS, login, onboard, urls } from './api.mjs';
import { checkJobStream } from './job-stream.mjs';
import { program } from './program.mjs';
import { collect, single } from './subscribing.mjs';

await program('ws', async (check, skip) => {
  const token = await login();
  const client = connect(token);
  const job = await onboard(token);
  const [, duplicate] = await Promise.all([
    checkJobStream(check, skip, job, (variables) => collect(client, variables)),
    closeCode([init(token), subscribe('1', { jobId: job.id }), subscribe('1', { jobId: job.id })]),
  ]);
  check('an id that is in use closes the socket with 4409', duplicate === 4409, `${duplicate}`);

  const companies = await single(client, { query: COMPANIES });
  check(
    'a query is answered on the socket, with the customers that were found',
    companies.data?.companies.nodes.some(({ customers }) => customers.totalCount > 0 && customers.nodes.length > 0),
    companies,
  );
  const invalid = await single(client, { query: INVALID });
  check('an invalid document gives an error message', Boolean(invalid.error?.[0]?.message), invalid);
  check('the socket lives on after it', Boolean((await single(client, { query: '{ __typename }' })).data));
  await client.dispose();

  const { error } = await single(connect('not-a-token'), { query: '{ __typename }' });
  check('a wrong token closes the socket with 4403', error?.code === 4403, `${error?.code ?? error}`);
  await checkProtocol(check, token);
});

async function checkProtocol(check, token) {
  const codes = [
    ['subscribing before connection_init closes with 4401', 4401, [subscribe('1', { jobId: 'job_1' })]],
    ['a second connection_init closes with 4429', 4429, [init(token), init(token)]],
    ['an unknown message type closes with 4400', 4400, [init(token), { type: 'unheard_of' }]],
    ['a message that is no JSON closes with 4400', 4400, [init(token), 'hello']],
  ];
  for (const [name, expected, messages] of codes) {
    const code = await closeCode(messages);
    check(name, code === expected, `${code}`);
  }
  const socket = await open();
  send(socket, init(token));
  await messageOf(socket, 'connection_ack');
  send(socket, { type: 'ping' });
  check('a ping gets a pong', Boolean(await messageOf(socket, 'pong')));
  socket.close();
}

function connect(token) {
  return createClient({
    url: urls.ws,
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: `Bearer ${token}` },
    // A retry would hide a broken connection.
    retryAttempts: 0,
  });
}

function init(token) {
  return { type: 'connection_init', payload: { Authorization: `Bearer ${token}` } };
}

function subscribe(id, variables) {
  return { id, type: 'subscribe', payload: { query: PROGRESS, variables } };
}

/** Sends the messages and gives the close code; after `connection_init` the second waits for its acknowledgement. */
async function closeCode([first, ...rest]) {
  const socket = await open();
  const closed = once(socket, 'close');
  const acknowledged = first.type === 'connection_init' && messageOf(socket, 'connection_ack');
  send(socket, first);
  await acknowledged;
  for (const message of rest) send(socket, message);
  return (await closed)[0];
}

async function open() {
  const socket = new WebSocket(urls.ws, 'graphql-transport-ws');
  await once(socket, 'open');
  return socket;
}

function send(socket, message) {
  socket.send(typeof message === 'string' ? message : JSON.stringify(message));
}

/** The next message of this type; rejects when the socket closes without it. */
function messageOf(socket, type) {
  return new Promise((resolve, reject) => {
    socket.on('message', (data) => {
      const message = JSON.parse(data);
      if (message.type === type) resolve(message);
    });
    socket.on('close', (code, reason) => reject(new Error(`closed with ${code} ${reason} before ${type}`)));
  });
}
