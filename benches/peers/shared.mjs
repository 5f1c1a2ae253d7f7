// What the Node.js peers have in common: a process for each core, and the statements.
import cluster from "node:cluster";
import { availableParallelism } from "node:os";

export const port = Number(process.env.PORT ?? 4000);

/** Runs `work` in a process for each core, or in `WORKERS` of them. They listen on one port. */
export function onEachCore(work) {
  if (!cluster.isPrimary) return work();
  const workers = Number(process.env.WORKERS ?? availableParallelism());
  for (let worker = 0; worker < workers; worker++) cluster.fork();
  process.on("SIGTERM", () => process.exit(0));
}

const hex = (id) => id.replaceAll("-", "");
const company = ({ id, name }) => ({ id: `com_${hex(id)}`, key: id, name });

/** The statements over a pool of `pg`; each is prepared once a connection. */
export function tables(pool) {
  const rows = async (name, text, values) => (await pool.query({ name, text, values })).rows;
  return {
    async companies(first) {
      const text = "SELECT id, name FROM companies ORDER BY name_key, id LIMIT $1";
      return (await rows("companies", text, [first])).map(company);
    },
    async company(id) {
      const key = /^com_([0-9a-f]{32})$/.exec(id)?.[1];
      const found = key ? await rows("company", "SELECT id, name FROM companies WHERE id = $1", [key]) : [];
      return found.map(company)[0] ?? null;
    },
    /** The first customers of each of many companies, in the order of `keys`. */
    async customersOf(keys, first) {
      const text = `SELECT parent.id AS parent, customer.id, customer.name, customer.ticker
        FROM unnest($1::uuid[]) parent(id) CROSS JOIN LATERAL (
          SELECT id, name, ticker, name_key FROM customers WHERE company_id = parent.id ORDER BY name_key, id LIMIT $2
        ) customer ORDER BY customer.name_key, customer.id`;
      const byParent = new Map(keys.map((key) => [key, []]));
      for (const { parent, id, name, ticker } of await rows("customers", text, [keys, first])) {
        byParent.get(parent).push({ id: `cus_${hex(id)}`, name, ticker });
      }
      return keys.map((key) => ({ nodes: byParent.get(key) }));
    },
    /** Stores a message and tells all workers of it when it is committed. */
    async publish(topic, text) {
      const sql = `WITH message AS (INSERT INTO bench_messages (topic, text) VALUES ($1, $2) RETURNING id, topic, text)
        SELECT id, topic, text, pg_notify('bench_messages', row_to_json(message)::text) FROM message`;
      const [{ id }] = await rows("publish", sql, [topic, text]);
      return { id: String(id), topic, text };
    },
  };
}

export const typeDefs = `
  type Query {
    companies(first: Int = 25): CompanyConnection!
    company(id: ID!): Company
  }
  type CompanyConnection { nodes: [Company!]! }
  type Company { id: ID! name: String! customers(first: Int = 25): CustomerConnection! }
  type CustomerConnection { nodes: [Customer!]! }
  type Customer { id: ID! name: String! ticker: String }
`;
