import 'graphiql/style.css';
import './page.css';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { fetcher } from './fetcher.js';
import firstSteps from './first-steps.graphql';
import { storage } from './storage.js';

createRoot(document.getElementById('graphiql')).render(
  <GraphiQL
    fetcher={fetcher}
    storage={storage}
    defaultTabs={[{ query: firstSteps }]}
    defaultQuery=""
    defaultEditorToolsVisibility="headers"
  >
    <GraphiQL.Logo>Rapport</GraphiQL.Logo>
  </GraphiQL>,
);
