// urql 5 with its normalised cache, as its documentation sets it up: HTTP for queries and mutations, graphql-ws for
// subscriptions. Documents are sent once, and then by their hash.
import { cacheExchange } from '@urql/exchange-graphcache';
import { persistedExchange } from '@urql/exchange-persisted';
import { createClient as createSocket } from 'graphql-ws';
import { Client, fetchExchange, subscriptionExchange } from 'urql';
import { WebSocket } from 'ws';
import { program } from '../../program.mjs';
import { counted } from './counted.js';
import schema from './gql/introspection.js';
import { ME, PROGRESS } from './operations.js';
import { type Library, walk } from './walk.js';

/** Objects without an id of their own belong to the one they hang on. */
const keys = Object.fromEntries(
  ['LoginPayload', 'Viewer', 'OnboardingResult'].map((type) => [type, () => null]),
);

const persisted = counted();
await program('urql', async (check) => {
  await walk(check, connect);
  check('documents went by their hash', persisted.byHash > 0, persisted);
});

function connect(server: string, token?: string): Library {
  const authorization = token ? { authorization: `Bearer ${token}` } : undefined;
  const socket = createSocket({
    url: `${server.replace(/^http/, 'ws')}/graphql/ws`,
    webSocketImpl: WebSocket,
    connectionParams: authorization,
    // Coming back is the walk's: with the cursor of the last event in place of the first.
    retryAttempts: 0,
  });
  const subscriptions = subscriptionExchange({
    forwardSubscription: ({ query, variables }) => ({
      subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query: query ?? '', variables }, sink) }),
    }),
  });
  const client = new Client({
    url: `${server}/graphql`,
    preferGetMethod: false,
    fetch: persisted.fetch,
    fetchOptions: { headers: authorization ?? {} },
    exchanges: [cacheExchange({ schema, keys }), persistedExchange({ enableForMutation: true }), fetchExchange, subscriptions],
  });
  return {
    query: async (query, variables) => {
      const { data, error } = await client.query(query, variables as never, { requestPolicy: 'network-only' });
      if (error) throw error;
      return data as never;
    },
    mutate: async (mutation, variables) => {
      const { data, error } = await client.mutation(mutation, variables as never);
      if (error) throw error;
      return data as never;
    },
    follow: (variables, onEvent) =>
      new Promise((resolve, reject) => {
        client.subscription(PROGRESS, variables).subscribe(({ data, error, hasNext }) => {
          if (error) reject(error);
          // The end comes with the last event once more.
          else if (hasNext === false) resolve();
          else if (data) onEvent(data.jobProgress);
        });
      }),
    cachedName: () => client.readQuery(ME, {})?.data?.viewer?.user.fullName,
    close: async () => socket.dispose(),
  };
}
