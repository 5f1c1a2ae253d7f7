import Fastify from "fastify";
import mercurius from "mercurius";
import mq from "mqemitter";
import pg from "pg";
import { onEachCore, port, tables, typeDefs } from "../shared.mjs";

const messages = `
  type Mutation { publish(topic: ID!, text: String!): Message! }
  type Subscription { messageAdded(topic: ID!): Message! }
  type Message { id: ID! text: String! }
`;

/** Tells the subscribers of this worker what any worker has committed. */
async function listen(emitter) {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  client.on("notification", ({ payload }) => {
    const { id, topic, text } = JSON.parse(payload);
    emitter.emit({ topic, payload: { messageAdded: { id: String(id), text } } });
  });
  await client.query("LISTEN bench_messages");
}

onEachCore(async () => {
  const db = tables(new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 }));
  const emitter = mq({ concurrency: 0 });
  await listen(emitter);
  const app = Fastify();
  app.register(mercurius, {
    schema: typeDefs + messages,
    jit: 1,
    subscription: { emitter },
    resolvers: {
      Query: {
        companies: async (_, { first }) => ({ nodes: await db.companies(first) }),
        company: (_, { id }) => db.company(id),
      },
      Mutation: { publish: (_, { topic, text }) => db.publish(topic, text) },
      Subscription: { messageAdded: { subscribe: (_, { topic }, { pubsub }) => pubsub.subscribe(topic) } },
    },
    loaders: {
      Company: {
        async customers(queries) {
          const found = new Map();
          for (const [first, group] of Map.groupBy(queries, ({ params }) => params.first)) {
            const connections = await db.customersOf(group.map(({ obj }) => obj.key), first);
            group.forEach((query, index) => found.set(query, connections[index]));
          }
          return queries.map((query) => found.get(query));
        },
      },
    },
  });
  await app.listen({ port, host: "127.0.0.1" });
});
