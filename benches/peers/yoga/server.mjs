import { createServer } from "node:http";
import DataLoader from "dataloader";
import { createSchema, createYoga } from "graphql-yoga";
import pg from "pg";
import { onEachCore, port, tables, typeDefs } from "../shared.mjs";

/** A loader for each page size, made for one request. */
function loaders(db) {
  const made = new Map();
  return (first) => {
    if (!made.has(first)) made.set(first, new DataLoader((keys) => db.customersOf(keys, first)));
    return made.get(first);
  };
}

onEachCore(() => {
  const db = tables(new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 }));
  const yoga = createYoga({
    graphiql: false,
    logging: false,
    context: () => ({ customersOf: loaders(db) }),
    schema: createSchema({
      typeDefs,
      resolvers: {
        Query: {
          companies: async (_, { first }) => ({ nodes: await db.companies(first) }),
          company: (_, { id }) => db.company(id),
        },
        Company: { customers: ({ key }, { first }, { customersOf }) => customersOf(first).load(key) },
      },
    }),
  });
  createServer(yoga).listen(port, "127.0.0.1");
});
