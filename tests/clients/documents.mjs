// Documents that nobody wrote, with the verdict of graphql-js: `node documents.mjs <count> [seed] > documents.jsonl`. Each line
// has the document, its variables, and whether graphql-js would run it. Most are valid but for one small change.
// With `--hand` the documents of hand.mjs are judged instead. `cargo test --test it schema::verdicts` reads both.
import { readFileSync } from 'node:fs';
import {
  buildSchema, getNamedType, GraphQLError, isEnumType, isInputObjectType, isInterfaceType, isLeafType, isListType, isNonNullType,
  isObjectType, isRequiredArgument, isRequiredInputField, isUnionType, MaxIntrospectionDepthRule, parse, specifiedRules,
  TokenKind, Lexer, Source, validate,
} from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import { hand } from './hand.mjs';

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
const rules = [...specifiedRules, MaxIntrospectionDepthRule];

/** Whether graphql-js would run an operation, or in which step it is refused. */
function verdict({ query, operationName, variables }) {
  let document;
  try {
    document = parse(query);
    const errors = validate(schema, document, rules);
    if (errors.length > 0) return { runs: false, why: errors[0].message };
  } catch (error) {
    // Some rules throw what they find.
    if (error instanceof GraphQLError) return { runs: false, why: error.message };
    throw error;
  }
  const operations = document.definitions.filter((definition) => definition.kind === 'OperationDefinition');
  const operation = operationName ? operations.find((each) => each.name?.value === operationName) : operations[0];
  if (!operation || (!operationName && operations.length > 1)) return { runs: false, why: 'no such operation' };
  const { errors: wrong } = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {});
  return wrong ? { runs: false, why: wrong[0].message } : { runs: true };
}

/** mulberry32: the same numbers for the same seed. */
function generator(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const chance = (probability) => next() < probability;
  const below = (count) => Math.floor(next() * count);
  const pick = (list) => list[below(list.length)];
  return { chance, below, pick };
}

const { chance, below, pick } = generator(Number(process.argv[3] ?? 1));

/** One document in the making. */
class Writer {
  constructor() {
    this.variables = [];
    this.values = {};
    this.fragments = [];
    this.aliases = 0;
  }

  /** A literal, or a variable of about the right type. */
  value(type, depth = 0, hasDefault = false) {
    if (depth < 3 && chance(0.2) && this.variables.length < 6) return this.variable(type, hasDefault);
    return this.literal(type, depth);
  }

  variable(type, hasDefault) {
    const name = `v${this.variables.length}`;
    let written = String(type);
    let value = this.json(type, 0);
    let fallback = '';
    if (isNonNullType(type) && chance(0.15)) {
      written = written.slice(0, -1);
      if (chance(0.6)) fallback = ` = ${this.constant(type)}`;
    } else if (!isNonNullType(type) && chance(0.2)) {
      fallback = ` = ${this.constant(type)}`;
    } else if (!isNonNullType(type) && chance(0.1)) written += '!';
    else if (chance(0.03)) written = pick(['Int', 'String', 'ID!', '[Int!]', '[ID!]!', 'Boolean', 'Nope', 'SortDirection', 'Customer']);
    if (chance(0.25)) value = undefined;
    else if (chance(0.05)) value = pick([null, 1, 2.0, '2', true, [], {}, [[1]], 'x', 1e12, -1.5]);
    this.variables.push(`$${name}: ${written}${fallback}`);
    if (value !== undefined) this.values[name] = value;
    return `$${name}`;
  }

  constant(type) {
    const kept = [this.variables, this.values];
    const literal = this.literal(type, 9);
    [this.variables, this.values] = kept;
    return literal;
  }

  literal(type, depth) {
    if (isNonNullType(type)) return this.literal(type.ofType, depth);
    if (chance(0.03)) return 'null';
    if (chance(0.02)) return pick(['1', '"x"', 'true', 'ASC', '{}', '[]', '1.5', '-0', '1e3', '12345678901', '{x: 1}']);
    if (isListType(type)) {
      if (chance(0.1)) return this.literal(type.ofType, depth);
      return `[${Array.from({ length: below(3) }, () => this.value(type.ofType, depth + 1)).join(', ')}]`;
    }
    if (isEnumType(type)) return chance(0.03) ? `"${type.getValues()[0].name}"` : pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter((field) =>
        isRequiredInputField(field) ? !chance(0.03) : depth < 3 && chance(0.25));
      const written = fields.map((field) => `${field.name}: ${this.value(field.type, depth + 1, field.defaultValue !== undefined)}`);
      if (written.length > 0 && chance(0.02)) written.push(written[0]);
      return `{${written.join(pick([', ', ' ', ',\n']))}}`;
    }
    switch (type.name) {
      case 'Int': return String(below(60) - 5);
      case 'Float': return pick(['0.5', '1', '-2.25e1', '1E-2']);
      case 'Boolean': return pick(['true', 'false']);
      case 'ID': return pick(['"cus_1"', '7', '"x"']);
      case 'Date': return '"2026-03-14"';
      case 'DateTime': return '"2026-03-14T09:00:00Z"';
      default: return pick(['"x"', '"a b"', '""', '"""block\n "quoted" \\""" end"""', '"\\u00e9\\n"', '"\\u{1F600}"', '"\\uD83D\\uDE00"', '"é😀"']);
    }
  }

  json(type, depth) {
    if (isNonNullType(type)) return this.json(type.ofType, depth);
    if (chance(0.03)) return null;
    if (chance(0.02)) return pick([1, 'x', true, [], {}, 2.5, 3.0, 99999999999]);
    if (isListType(type)) {
      if (chance(0.1)) return this.json(type.ofType, depth);
      return Array.from({ length: below(3) }, () => this.json(type.ofType, depth + 1));
    }
    if (isEnumType(type)) return pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter((field) =>
        isRequiredInputField(field) ? !chance(0.03) : depth < 3 && chance(0.25));
      const made = Object.fromEntries(fields.map((field) => [field.name, this.json(field.type, depth + 1)]));
      if (chance(0.02)) made.nope = 1;
      return made;
    }
    switch (type.name) {
      case 'Int': return below(60) - 5;
      case 'Float': return pick([0.5, 1, -2.25]);
      case 'Boolean': return chance(0.5);
      case 'ID': return pick(['cus_1', 7, 'x']);
      case 'Date': return '2026-03-14';
      case 'DateTime': return '2026-03-14T09:00:00Z';
      default: return pick(['x', 'a b', '']);
    }
  }

  directives() {
    if (!chance(0.06)) return '';
    const condition = chance(0.6) ? pick(['true', 'false']) : this.value(schema.getType('Boolean'), 0, true);
    return ` @${pick(['skip', 'include'])}(if: ${condition})`;
  }

  field(parent, field, depth) {
    const given = field.args.filter((argument) => (isRequiredArgument(argument) ? !chance(0.03) : chance(0.25)));
    const written = given.map((argument) => `${argument.name}: ${this.value(argument.type, 0, argument.defaultValue !== undefined)}`);
    const alias = chance(0.12) ? `a${chance(0.3) ? 0 : (this.aliases += 1)}: ` : '';
    const named = getNamedType(field.type);
    const below = isLeafType(named) ? '' : ` ${this.selections(named, depth + 1)}`;
    return `${alias}${field.name}${written.length > 0 ? `(${written.join(', ')})` : ''}${this.directives()}${below}`;
  }

  selections(type, depth) {
    const made = [];
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const wanted = 1 + below(depth > 2 ? 2 : 3);
    for (let at = 0; at < wanted; at += 1) {
      if (chance(0.08)) made.push('__typename');
      if (chance(0.12) && depth < 4) made.push(this.fragment(type, depth));
      const usable = fields.filter((field) => depth < 4 || isLeafType(getNamedType(field.type)));
      if (usable.length > 0) made.push(this.field(type, pick(usable), depth));
    }
    if (isUnionType(type) || isInterfaceType(type)) made.push(this.fragment(type, depth));
    if (made.length > 0 && chance(0.05)) made.push(pick(made));
    return `{ ${made.length > 0 ? made.join(pick([' ', '\n', ', '])) : '__typename'} }`;
  }

  fragment(type, depth) {
    const possible = isObjectType(type) ? [type, ...type.getInterfaces()] : [type, ...schema.getPossibleTypes(type)];
    const on = chance(0.03) ? schema.getType('Company') : pick(possible);
    const body = this.selections(on, depth + 1);
    if (chance(0.5)) return `...${chance(0.9) || on !== type ? ` on ${on.name}` : ''}${this.directives()} ${body}`;
    const name = `F${this.fragments.length}`;
    this.fragments.push(`fragment ${name} on ${on.name} ${body}`);
    return `...${name}${this.directives()}`;
  }

  document() {
    const kind = chance(0.6) ? 'query' : chance(0.75) ? 'mutation' : 'subscription';
    const root = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() }[kind];
    let body;
    if (kind === 'query' && chance(0.04)) body = pick(introspections);
    else if (kind === 'query') body = this.selections(root, 0);
    else body = `{ ${this.field(root, pick(Object.values(root.getFields())), 0)}${chance(0.04) ? ' __typename' : ''} }`;
    const variables = this.variables.length > 0 ? `(${this.variables.join(', ')})` : '';
    const head = kind === 'query' && variables === '' && chance(0.5) ? '' : `${kind}${chance(0.5) ? ' Q' : ''}${variables} `;
    return { query: [`${head}${body}`, ...this.fragments].join('\n'), variables: this.values };
  }
}

const introspections = [
  '{ __schema { types { name fields { name type { name ofType { name } } } } } }',
  '{ __type(name: "Customer") { name fields { name args { name type { name } } } } }',
  '{ __type(name: "Node") { possibleTypes { interfaces { possibleTypes { name } } } } }',
  '{ __type(name: "Node") { possibleTypes { fields { name } interfaces { name } } } }',
  '{ __schema { queryType { fields { type { fields { type { fields { name } } } } } } } }',
];

const tokens = ['!', '$v0', '$', '(', ')', '{', '}', '[', ']', ':', '=', '@skip(if: true)', '@include(if: $v0)', '...F0', '...', '|', '&',
  'null', 'true', '1', '-1', '"x"', '"""x"""', 'id', 'name', 'nodes', 'on', 'query', 'fragment', 'Customer', 'Int', '@nope', 'first: 1', 'a:'];

/** A document with one token taken out, doubled, changed or added. */
function mutated(query) {
  const places = [];
  try {
    const lexer = new Lexer(new Source(query));
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) places.push([token.start, token.end]);
  } catch {
    return query;
  }
  const [start, end] = pick(places);
  const [other, otherEnd] = pick(places);
  const text = query.slice(start, end);
  const changed = pick(['', `${text} ${text}`, pick(tokens), `${text} ${pick(tokens)}`, query.slice(other, otherEnd)]);
  return `${query.slice(0, start)} ${changed} ${query.slice(end)}`;
}

function made() {
  const { query, variables } = new Writer().document();
  return { query: chance(0.5) ? mutated(query) : query, variables };
}

const documents = process.argv[2] === '--hand' ? hand : Array.from({ length: Number(process.argv[2] ?? 1000) }, made);
for (const document of documents) console.log(JSON.stringify({ ...document, ...verdict(document) }));
