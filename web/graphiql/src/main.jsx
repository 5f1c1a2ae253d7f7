import 'graphiql/style.css';
import './page.css';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { fetcher } from './fetcher.js';
import firstSteps from './first-steps.graphql';
import { storage } from './storage.js';

/** Waits for the token behind it; without one the server takes it for no header. */
const authorization = '{ "Authorization": "Bearer " }';

createRoot(document.getElementById('graphiql')).render(
  <GraphiQL
    fetcher={fetcher}
    storage={storage}
    defaultTabs={[{ query: firstSteps, headers: authorization }]}
    defaultQuery=""
    defaultHeaders={authorization}
    defaultEditorToolsVisibility="headers"
  >
    <GraphiQL.Logo>Rapport</GraphiQL.Logo>
  </GraphiQL>,
);
