// Gathers every GraphQL operation that the documents and GraphiQL's first tab show into `examples`, one file each,
// so that the code generator reads what users copy. An operation without a name gets one, as generators demand.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { Kind, parse, print } from 'graphql';

const root = new URL('../../../', import.meta.url);
const target = new URL('examples/', import.meta.url);

/** The documents, as paths from the root of the project. */
const documents = ['README.md', ...readdirSync(new URL('docs/', root)).map((name) => `docs/${name}`)];

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
let count = 0;
for (const path of documents.filter((name) => name.endsWith('.md'))) {
  for (const { text, line } of blocks(readFileSync(new URL(path, root), 'utf8'))) add(`${path}:${line}`, text);
}
const firstSteps = 'web/graphiql/src/first-steps.graphql';
add(firstSteps, readFileSync(new URL(firstSteps, root), 'utf8'));
console.log(`${count} examples from ${documents.length + 1} files`);
if (count < 5) throw new Error('the documents have lost their examples');

/** The code blocks marked as GraphQL, and the operations within commands, each with the line on which it begins. */
function blocks(markdown) {
  const lines = markdown.split('\n');
  const found = [];
  for (const { index, 1: text } of markdown.matchAll(/"query": ("(?:[^"\\]|\\.)*")/g)) {
    found.push({ text: JSON.parse(text), line: markdown.slice(0, index).split('\n').length });
  }
  lines.forEach((line, at) => {
    if (line.trim() !== '```graphql') return;
    const end = lines.indexOf('```', at + 1);
    found.push({ text: lines.slice(at + 1, end).join('\n'), line: at + 2 });
  });
  return found;
}

/** Writes the operations of a text with unique names; what is no document is an error that says where it stands. */
function add(place, text) {
  let document;
  try {
    document = parse(text);
  } catch (error) {
    throw new Error(`${place}: ${error.message}`, { cause: error });
  }
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) throw new Error(`${place}: only operations can be examples`);
    const own = definition.name?.value ?? definition.operation;
    const name = { kind: Kind.NAME, value: `Example${(count += 1)}_${own}` };
    writeFileSync(new URL(`${name.value}.graphql`, target), `# ${place}\n${print({ ...definition, name })}\n`);
  }
}
