// The walk that each client library takes: sign in, ask, change and see the change in the cache, follow a job over a
// connection that is cut, and read its result.
import { randomUUID } from 'node:crypto';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { Check } from '../../program.mjs';
import { cuttable } from './cuttable.js';
import type { ProgressSubscription, ProgressSubscriptionVariables } from './gql/graphql.js';
import { JOB, LOGIN, ME, ONBOARD, RENAME } from './operations.js';

/** One event of a job. */
export type Progress = ProgressSubscription['jobProgress'];

/** What a client library is asked to do, typed by the operation. */
export interface Library {
  /** Runs a query. */
  query<Data, Variables extends object>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data>;
  /** Runs a mutation. */
  mutate<Data, Variables extends object>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data>;
  /** Follows a job until the stream completes; rejects when the connection breaks. */
  follow(variables: ProgressSubscriptionVariables, onEvent: (event: Progress) => void): Promise<void>;
  /** The name of the signed-in user as the library's cache has it now, without asking the server. */
  cachedName(): string | undefined;
  /** Ends its connections. */
  close(): Promise<void>;
}

/** Makes the library's client for a server, with the credentials of a user. */
export type Connect = (server: string, token?: string) => Library;

/** The address of the server under test. */
const server = (process.env.RAPPORT_URL ?? 'http://127.0.0.1:8000').replace(/\/+$/, '');

/** Takes the walk with the library that `connect` makes. */
export async function walk(check: Check, connect: Connect): Promise<void> {
  const warnings: unknown[] = [];
  console.warn = console.error = (...words) => warnings.push(words);
  const way = await cuttable(server);
  const { RAPPORT_EMAIL: email, RAPPORT_PASSWORD: password } = process.env;
  if (!email || !password) throw new Error('set RAPPORT_EMAIL and RAPPORT_PASSWORD');
  const nobody = connect(way.url);
  const { login } = await nobody.mutate(LOGIN, { input: { email, password } });
  check('signs in', login.viewer.user.email === email, login.viewer);
  await nobody.close();

  const client = connect(way.url, login.accessToken);
  const me = await client.query(ME, {});
  check('asks who it is', me.viewer?.user.id === login.viewer.user.id, me);
  await rename(check, client, me.viewer?.user.fullName ?? '');

  const input = { companyName: 'Fernhollow CRM', website: null, deepResearch: true, idempotencyKey: randomUUID() };
  const { onboardCompany: job } = await client.mutate(ONBOARD, { input });
  await follow(check, client, job, way.cut);
  const done = await client.query(JOB, { id: job.id });
  const result = done.job?.result;
  const found = result?.__typename === 'OnboardingResult' ? (result.company?.customers?.nodes.length ?? 0) : 0;
  check('reads the result of the job down to customers', found === 3, done);
  await client.close();
  way.close();
  check('was not warned of anything by its library', warnings.length === 0, warnings);
}

/** A mutation returns what it changed, so a normalised cache changes by itself. */
async function rename(check: Check, client: Library, before: string): Promise<void> {
  const fullName = `Renamed ${randomUUID()}`;
  await client.mutate(RENAME, { input: { fullName } });
  check('sees the change in its cache without asking again', client.cachedName() === fullName, client.cachedName());
  await client.mutate(RENAME, { input: { fullName: before } });
}

/** Follows a job while the connection is cut twice, each time going on behind the last event that was seen. */
async function follow(check: Check, client: Library, job: { id: string; cursor: string }, cut: () => void) {
  const events: Progress[] = [];
  let after = job.cursor;
  let cuts = 0;
  for (;;) {
    try {
      await client.follow({ jobId: job.id, after }, (event) => {
        events.push(event);
        after = event.cursor;
        if (events.length === 5 || events.length === 12) {
          cuts += 1;
          cut();
        }
      });
      break;
    } catch (error) {
      if (cuts > 2 || events.length === 0) throw error;
    }
  }
  const cursors = new Set(events.map((event) => event.cursor));
  check('was cut off twice and came back', cuts === 2, cuts);
  check('saw the end of the job', events.at(-1)?.__typename === 'JobCompleted', events.at(-1));
  check('saw no event twice', cursors.size === events.length, events.length - cursors.size);
  const tasks = events.filter((event) => event.__typename === 'JobTaskCompleted').length;
  const started = events.filter((event) => event.__typename === 'JobTaskStarted').length;
  check('missed no event', tasks > 10 && tasks === started, { tasks, started });
}
