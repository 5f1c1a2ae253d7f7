// The audits of the GraphQL-over-HTTP specification, from the package graphql-http. Every one must hold, also those
// that the specification only recommends.
import { serverAudits } from 'graphql-http';
import { urls } from './api.mjs';
import { program } from './program.mjs';

await program('audits', async (check) => {
  const count = { ok: 0, notice: 0, warn: 0, error: 0 };
  for (const audit of serverAudits({ url: urls.http, fetchFn: fetch })) {
    const result = await audit.fn();
    count[result.status] += 1;
    if (result.status !== 'ok') {
      console.log(`${result.status.padEnd(6)} ${audit.id} ${audit.name}: ${result.reason}`);
    }
  }
  const summary = `${count.ok} ok, ${count.notice + count.warn} warnings, ${count.error} errors`;
  console.log(summary);
  check('all 61 audits are ok', count.ok === 61, summary);
});
