// Runs the programs one after the other, each in a process of its own: `node run.mjs [name…]`, by default those that need
// neither a browser nor a build. The last line counts the checks of all.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The programs that are not files of this folder. */
const built = { apollo: 'generated/build/apollo.js', urql: 'generated/build/urql.js' };

const names = process.argv.length > 2 ? process.argv.slice(2) : ['audits', 'ws', 'sse'];
const total = { passed: 0, failed: 0 };
for (const name of names) {
  const count = await run(name);
  total.passed += count.passed;
  total.failed += count.failed;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

/** The counts that the program reports; one that ends without a report, or badly in spite of it, counts as failed. */
function run(name) {
  return new Promise((resolve) => {
    let count = { passed: 0, failed: 0 };
    let reported = false;
    const child = fork(fileURLToPath(new URL(built[name] ?? `${name}.mjs`, import.meta.url)));
    child.on('message', (message) => {
      count = message;
      reported = true;
    });
    child.on('exit', (code) => {
      if (!reported || (code !== 0 && count.failed === 0)) count.failed += 1;
      resolve(count);
    });
  });
}
