const HISTORY_KEYS = ['graphiql:queries', 'graphiql:favorites'];

/**
 * The browser's storage, but GraphiQL's history gets there without its headers, which hold a token. They are kept only
 * when the setting "Persist headers" is on; GraphiQL itself heeds it for the tabs alone.
 */
export const storage = {
  getItem: (key) => localStorage.getItem(key),
  setItem(key, value) {
    const keep = !HISTORY_KEYS.includes(key) || localStorage.getItem('graphiql:shouldPersistHeaders') === 'true';
    localStorage.setItem(key, keep ? value : withoutHeaders(value));
  },
  removeItem: (key) => localStorage.removeItem(key),
  clear() {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith('graphiql:')) localStorage.removeItem(key);
    }
  },
  get length() {
    return localStorage.length;
  },
};

function withoutHeaders(json) {
  return JSON.stringify(JSON.parse(json), (name, value) => (name === 'headers' ? undefined : value));
}
