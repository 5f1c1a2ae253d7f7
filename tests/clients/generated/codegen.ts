import type { CodegenConfig } from '@graphql-codegen/cli';

// The client preset as a React app sets it up, with every scalar told, over the examples and our own programs.
const config: CodegenConfig = {
  schema: '../../../schema.graphql',
  documents: ['examples/*.graphql', 'src/**/*.ts'],
  ignoreNoDocuments: false,
  generates: {
    'src/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        strictScalars: true,
        useTypeImports: true,
        emitLegacyCommonJSImports: false,
        enumsAsTypes: true,
        scalars: {
          CurrencyCode: 'string',
          EventCursor: 'string',
          Date: 'string',
          DateTime: 'string',
          Decimal: 'string',
          JSON: 'unknown',
        },
      },
    },
    // What tells the normalised cache of urql which types an interface has.
    'src/gql/introspection.ts': { plugins: ['urql-introspection'], config: { useTypeImports: true } },
  },
};

export default config;
