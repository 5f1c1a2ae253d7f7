// The server under test and the operations that the programs send to it.
import { randomUUID } from 'node:crypto';

const base = (process.env.RAPPORT_URL ?? 'http://127.0.0.1:8000').replace(/\/+$/, '');

export const urls = {
  base,
  http: `${base}/graphql`,
  ws: `${base.replace(/^http/, 'ws')}/graphql/ws`,
  stream: `${base}/graphql/stream`,
  graphiql: `${base}/graphiql`,
};

export const LOGIN = `
  mutation Login($input: LoginInput!) {
    login(input: $input) { accessToken expiresAt viewer { user { id email } } }
  }`;

export const ONBOARD = `
  mutation Onboard($input: OnboardCompanyInput!) {
    onboardCompany(input: $input) { id status progress cursor }
  }`;

export const PROGRESS = `
  subscription Progress($jobId: ID!, $after: EventCursor) {
    jobProgress(jobId: $jobId, after: $after) {
      __typename
      cursor
      occurredAt
      progress
      ... on JobState { status }
      ... on JobStageStarted { stage message }
      ... on JobTaskCompleted { stage task completed total failed }
      ... on JobCompleted { message }
      ... on JobFailed { error { code message } }
    }
  }`;

export const COMPANIES = `
  query Company {
    companies(first: 5) {
      nodes { id name customers(first: 50) { totalCount nodes { name ticker } } }
    }
  }`;

/** Asks for a field that no schema has. */
export const INVALID = 'subscription { thereIsNoSuchField }';

/** Runs one operation by POST and gives its `data`; throws on any error. */
export async function execute(query, variables, token) {
  const response = await fetch(urls.http, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  const result = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : {};
  if (!result.data || result.errors) throw new Error(`HTTP ${response.status}: ${text.slice(0, 1000)}`);
  return result.data;
}

/** Logs in as RAPPORT_EMAIL with RAPPORT_PASSWORD and gives the access token. */
export async function login() {
  const { RAPPORT_EMAIL: email, RAPPORT_PASSWORD: password } = process.env;
  if (!email || !password) throw new Error('set RAPPORT_EMAIL and RAPPORT_PASSWORD');
  return (await execute(LOGIN, { input: { email, password } })).login.accessToken;
}

/** Starts a new onboarding job. */
export async function onboard(token) {
  const input = {
    companyName: 'Brightloom Analytics',
    website: 'brightloom.example',
    deepResearch: true,
    idempotencyKey: randomUUID(),
  };
  return (await execute(ONBOARD, { input }, token)).onboardCompany;
}
