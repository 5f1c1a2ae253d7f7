// The clients of graphql-ws and graphql-sse have the same `subscribe(request, sink)`; these two read it to the end.
import { PROGRESS } from './api.mjs';

/**
 * Subscribes to `jobProgress` and waits until the stream completes: `{ events, arrivedAt }`, the latter being the local
 * time in milliseconds at which the first event came. Rejects on any error.
 */
export function collect(client, variables) {
  const events = [];
  let arrivedAt;
  return new Promise((resolve, reject) => {
    client.subscribe(
      { query: PROGRESS, variables },
      {
        next({ data, errors }) {
          arrivedAt ??= Date.now();
          if (errors) reject(errors);
          else events.push(data.jobProgress);
        },
        error: reject,
        complete: () => resolve({ events, arrivedAt }),
      },
    );
  });
}

/** The one result of an operation, or `{ error }` with what the client handed to the sink. */
export function single(client, request) {
  return new Promise((resolve) => {
    let result = {};
    client.subscribe(request, {
      next: (value) => (result = value),
      error: (error) => resolve({ error }),
      complete: () => resolve(result),
    });
  });
}
