// The schema, held to every rule that graphql-eslint has for schemas and for Relay. A rule that is off, or narrowed, has its
// reason beside it.
import { resolve } from 'node:path';
import graphql from '@graphql-eslint/eslint-plugin';

const schema = resolve(import.meta.dirname, '../../../schema.graphql');

export default [
  {
    files: ['**/*.graphql'],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema } } },
    rules: {
      ...graphql.configs['flat/schema-all'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      // `nodes` beside `edges` spares clients a level; both have one cursor each.
      '@graphql-eslint/relay-edge-types': [
        'error',
        { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
      ],
      // The server prints its schema in order; `schema.graphql` is compared with what it prints.
      '@graphql-eslint/alphabetize': 'off',
      // Events, payloads and values have no identity. What has one is a `Node`.
      '@graphql-eslint/strict-id-in-types': 'off',
      // What cannot be absent is never null: an error of such a root field is the error of the operation.
      '@graphql-eslint/require-nullable-result-in-root': 'off',
      // Mutations return what they changed, and caches update by themselves.
      '@graphql-eslint/require-field-of-type-query-in-mutation-result': 'off',
      // A mutation with one natural argument takes it alone: `cancelJob(id)`.
      '@graphql-eslint/input-name': 'off',
      // All three roots are there.
      '@graphql-eslint/no-root-type': 'off',
    },
  },
];
