// Counts what of persisted queries goes over HTTP.
import { createHash } from 'node:crypto';

/** The SHA-256 of a text in hexadecimal digits. */
export async function sha256(text: string): Promise<string> {
  return createHash('sha256').update(text).digest('hex');
}

/** A `fetch` that counts requests answered by the hash of their document alone, and those whose hash was not known. */
export function counted() {
  const counts = {
    byHash: 0,
    unknown: 0,
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const response = await fetch(input, init);
      const sent = `${input} ${init?.body ?? ''}`;
      const isHash = sent.includes('sha256Hash') && !sent.includes('"query":') && !sent.includes('query=');
      const text = await response.clone().text();
      if (text.includes('PersistedQueryNotFound')) counts.unknown += 1;
      else if (isHash && text.includes('"data"')) counts.byHash += 1;
      return response;
    },
  };
  return counts;
}
