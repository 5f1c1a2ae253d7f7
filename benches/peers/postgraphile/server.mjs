import { createServer } from "node:http";
import { grafserv } from "postgraphile/grafserv/node";
import { postgraphile } from "postgraphile";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makePgService } from "postgraphile/adaptors/pg";
import { onEachCore, port } from "../shared.mjs";

onEachCore(async () => {
  const service = makePgService({
    connectionString: process.env.DATABASE_URL,
    schemas: ["public"],
    poolConfig: { max: 10 },
  });
  const server = createServer();
  const instance = postgraphile({
    extends: [PostGraphileAmberPreset],
    pgServices: [service],
    grafserv: { graphiql: false, watch: false },
    grafast: { explain: false },
  });
  await instance.createServ(grafserv).addTo(server);
  server.listen(port, "127.0.0.1");
});
