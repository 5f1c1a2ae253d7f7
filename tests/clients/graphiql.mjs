// The GraphiQL page in a headless Chromium: it loads without any other host, runs a query and follows a subscription.
// Skipped where no Chromium is installed (CHROMIUM names another place than /usr/bin/chromium); SCREENSHOT names a PNG
// file to write.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { login, onboard, urls } from './api.mjs';
import { program } from './program.mjs';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Without these Chromium calls hosts of its maker, which a closed network refuses. */
const args = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

const editors = {
  query: '.graphiql-query-editor .CodeMirror',
  variables: '.graphiql-editor-tool .graphiql-editor >> nth=0 >> .CodeMirror',
  headers: '.graphiql-editor-tool .graphiql-editor >> nth=1 >> .CodeMirror',
  response: '.result-window .CodeMirror',
};

await program('graphiql', async (check, skip) => {
  if (!existsSync(executablePath)) return skip('the page in a browser', `there is no ${executablePath}`);
  const browser = await chromium.launch({ executablePath, args });
  try {
    await checkPage(check, await browser.newPage({ viewport: { width: 1400, height: 900 } }));
  } finally {
    await browser.close();
  }
});

async function checkPage(check, page) {
  page.setDefaultTimeout(30_000);
  const seen = watch(page);
  const token = await login();
  await page.goto(urls.graphiql);
  await page.locator('.graphiql-container').waitFor();
  check('the title is Rapport · GraphiQL', (await page.title()) === 'Rapport · GraphiQL', await page.title());
  const text = await value(page, 'query');
  check('the first tab shows login, onboarding and progress', /Login[^]*Onboard[^]*Progress/.test(text), text);

  check('its Headers wait for a token', JSON.parse(await value(page, 'headers')).Authorization === 'Bearer ');
  await setValue(page, 'headers', { Authorization: `Bearer ${token}` });
  await checkDocumentation(check, page);
  await checkQuery(check, page);
  await checkSubscription(check, page, seen, token);
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
  await checkChangedToken(check, page);
  await checkDialog(check, page);
  await checkReload(check, page, token);

  const foreign = seen.hosts.filter((host) => host !== new URL(urls.base).host);
  check('nothing is loaded from another host', foreign.length === 0, foreign);
  check('the browser reports no error', seen.errors.length === 0, seen.errors);
}

/** Collects what the page loads, the first frame it sends on each WebSocket, and every error the browser reports. */
function watch(page) {
  const seen = { hosts: [], sockets: [], errors: [] };
  const host = (url) => /^(http|ws)/.test(url) && seen.hosts.push(new URL(url).host);
  page.on('request', (request) => host(request.url()));
  page.on('requestfailed', (request) => seen.errors.push(`${request.url()} ${request.failure()?.errorText}`));
  page.on('pageerror', (error) => seen.errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && seen.errors.push(message.text()));
  page.on('websocket', (socket) => {
    host(socket.url());
    socket.once('framesent', ({ payload }) => seen.sockets.push({ url: socket.url(), first: JSON.parse(payload) }));
  });
  return seen;
}

async function checkDocumentation(check, page) {
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  const explorer = page.locator('.graphiql-plugin');
  await explorer.getByText('subscription').first().waitFor();
  const root = await explorer.innerText();
  check(
    'the documentation shows the root types',
    ['Query', 'Mutation', 'Subscription'].every((name) => root.includes(name)),
    root,
  );
  await page.getByRole('button', { name: 'Hide Documentation Explorer' }).click();
}

async function checkQuery(check, page) {
  await run(page, 'Companies');
  await page.waitForFunction(() => document.querySelector('.result-window .CodeMirror').CodeMirror.getValue() !== '');
  const result = JSON.parse(await value(page, 'response'));
  check('a query shows its result', Array.isArray(result.data?.companies?.nodes), result);
}

async function checkSubscription(check, page, seen, token) {
  const job = await onboard(token);
  await setValue(page, 'variables', { jobId: job.id, after: job.cursor });
  await page.evaluate(() => {
    window.shown = [];
    const response = document.querySelector('.result-window .CodeMirror').CodeMirror;
    response.on('change', () => window.shown.push(response.getValue()));
  });
  await run(page, 'Progress');
  await page.waitForFunction(() => window.shown.at(-1)?.includes('"JobCompleted"'), undefined, { timeout: 120_000 });
  const shown = (await page.evaluate(() => window.shown)).filter((text) => text.includes('jobProgress'));
  const cursors = shown.map((text) => JSON.parse(text).data.jobProgress.cursor);
  check('a subscription shows one event after the other', new Set(cursors).size > 2, shown);

  const [socket] = seen.sockets;
  check('it goes to /graphql/ws of the same host', socket?.url === urls.ws, socket?.url);
  const sent = socket?.first.type === 'connection_init' && socket.first.payload?.Authorization === `Bearer ${token}`;
  check('connection_init carries the Authorization header', sent);
}

async function checkChangedToken(check, page) {
  await setValue(page, 'headers', { authorization: 'Bearer not-a-token' });
  await run(page, 'Progress');
  await page.waitForFunction(() => window.shown.at(-1)?.includes('WebSocket'));
  const shown = await page.evaluate(() => window.shown.at(-1));
  check('a changed token takes effect at the next subscription', shown.includes('4403'), shown);
}

/** Dialogs are where the page's libraries would write inline styles, which a strict content security policy forbids. */
async function checkDialog(check, page) {
  await page.getByRole('button', { name: 'Open settings dialog' }).click();
  check('the settings open', await page.getByText('Persist headers').first().isVisible());
  await page.keyboard.press('Escape');
}

/** The tab outlives the page, in the browser's storage, and the token does not get there. */
async function checkReload(check, page, token) {
  const stored = () => Object.values(localStorage).join('\n');
  await page.waitForFunction(() => localStorage.getItem('graphiql:tabState')?.includes('jobId'));
  check('no token is stored', !(await page.evaluate(stored)).includes(token));
  await page.reload();
  await page.locator(editors.query).waitFor();
  check('after a reload there is still the one tab', (await page.locator('.graphiql-tab').count()) === 1);
  check('with its variables', (await value(page, 'variables')).includes('jobId'));
}

/** Chooses the operation from the menu of the execute button. */
async function run(page, operation) {
  await page.getByRole('button', { name: /execute query/i }).click();
  await page.getByRole('menuitem', { name: operation, exact: true }).click();
}

function value(page, editor) {
  return page.locator(editors[editor]).evaluate((element) => element.CodeMirror.getValue());
}

function setValue(page, editor, content) {
  const text = JSON.stringify(content, null, 2);
  return page.locator(editors[editor]).evaluate((element, json) => element.CodeMirror.setValue(json), text);
}
