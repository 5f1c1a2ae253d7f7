// Apollo Client 4, as its documentation sets it up: HTTP for queries and mutations, graphql-ws for subscriptions. Documents are
// sent once, and then by their hash.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { program } from '../../program.mjs';
import { counted, sha256 } from './counted.js';
import { ME, PROGRESS } from './operations.js';
import { type Library, walk } from './walk.js';

const persisted = counted();
await program('apollo', async (check) => {
  await walk(check, connect);
  check('documents went by their hash', persisted.byHash > 0, persisted);
});

function connect(server: string, token?: string): Library {
  const authorization = token ? { authorization: `Bearer ${token}` } : undefined;
  const socket = createClient({
    url: `${server.replace(/^http/, 'ws')}/graphql/ws`,
    webSocketImpl: WebSocket,
    connectionParams: authorization,
    // Coming back is the walk's: with the cursor of the last event in place of the first.
    retryAttempts: 0,
  });
  const direct = new HttpLink({ uri: `${server}/graphql`, headers: authorization, fetch: persisted.fetch });
  const http = new PersistedQueryLink({ sha256, useGETForHashedQueries: true }).concat(direct);
  const isSubscription = ({ operationType }: ApolloLink.Operation) => operationType === OperationTypeNode.SUBSCRIPTION;
  const client = new ApolloClient({
    link: ApolloLink.split(isSubscription, new GraphQLWsLink(socket), http),
    cache: new InMemoryCache(),
  });
  return {
    query: async (query, variables) => {
      const { data } = await client.query({ query, variables, fetchPolicy: 'network-only' } as never);
      return data as never;
    },
    mutate: async (mutation, variables) => {
      const { data } = await client.mutate({ mutation, variables } as never);
      return data as never;
    },
    follow: (variables, onEvent) =>
      new Promise((resolve, reject) => {
        client.subscribe({ query: PROGRESS, variables }).subscribe({
          next: ({ data, error }) => {
            if (error) reject(error);
            else if (data) onEvent(data.jobProgress);
          },
          error: reject,
          complete: resolve,
        });
      }),
    cachedName: () => client.readQuery({ query: ME })?.viewer?.user.fullName,
    close: async () => {
      client.stop();
      await socket.dispose();
    },
  };
}
