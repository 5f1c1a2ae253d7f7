import { getOperationAST } from 'graphql';
import { createClient } from 'graphql-ws';

const httpUrl = new URL('/graphql', location.href);
const socketUrl = new URL('/graphql/ws', location.href);
socketUrl.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';

/** One lazy client per Authorization value: its socket opens with the first subscription and closes after the last. */
const socketClients = new Map();

/**
 * Runs what the editor holds: a subscription over the WebSocket, everything else by POST. The headers are read anew at
 * each run, so that a changed token takes effect at once.
 *
 * @param {{query: string, variables?: object, operationName?: string}} request
 * @param {{headers?: Record<string, string>, documentAST?: import('graphql').DocumentNode}} options
 */
export function fetcher(request, { headers = {}, documentAST } = {}) {
  const operation = documentAST && getOperationAST(documentAST, request.operationName);
  return operation?.operation === 'subscription' ? subscribe(request, headers) : post(request, headers);
}

async function post(request, headers) {
  const response = await fetch(httpUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...headers,
    },
    body: JSON.stringify(request),
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`HTTP ${response.status} ${response.statusText}: ${text.slice(0, 500)}`);
  }
}

/** The observable form, because its unsubscribe works at once, also between two events. */
function subscribe(request, headers) {
  return {
    subscribe: (observer) => ({
      unsubscribe: socketClient(headers).subscribe(request, {
        next: (result) => observer.next(result),
        error: (error) => observer.error(readable(error)),
        complete: () => observer.complete(),
      }),
    }),
  };
}

function socketClient(headers) {
  const name = Object.keys(headers).find((header) => header.toLowerCase() === 'authorization');
  const authorization = name && headers[name];
  if (!socketClients.has(authorization)) {
    socketClients.set(
      authorization,
      createClient({
        url: socketUrl.href,
        connectionParams: authorization ? { Authorization: authorization } : undefined,
        // A lost socket is shown instead of retried: a silent retry would start the stream anew.
        retryAttempts: 0,
      }),
    );
  }
  return socketClients.get(authorization);
}

/** A CloseEvent has nothing that JSON would show, so its code and reason are put into words. */
function readable(error) {
  if (error instanceof CloseEvent) {
    return new Error(`The WebSocket was closed: ${error.code} ${error.reason}`.trim());
  }
  return error instanceof Event ? new Error('The WebSocket could not be opened.') : error;
}
