// Apollo Client 4, as its documentation sets it up: HTTP for queries and mutations, graphql-ws for subscriptions.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { program } from '../../program.mjs';
import { ME, PROGRESS } from './operations.js';
import { type Library, walk } from './walk.js';

await program('apollo', (check) => walk(check, connect));

function connect(server: string, token?: string): Library {
  const authorization = token ? { authorization: `Bearer ${token}` } : undefined;
  const socket = createClient({
    url: `${server.replace(/^http/, 'ws')}/graphql/ws`,
    webSocketImpl: WebSocket,
    connectionParams: authorization,
    // Coming back is the walk's: with the cursor of the last event in place of the first.
    retryAttempts: 0,
  });
  const http = new HttpLink({ uri: `${server}/graphql`, headers: authorization });
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
