/**
 * The rules of the shipped definition in the languages of other engines, each translated as far as the language goes:
 * `node bench/batch-peers.mjs ENGINE INPUT OUTPUT` reads lines of JSON and writes for each the rules that fired and the
 * worst disposition. Keys of the input are linkIds with `_` for dots. Ages, days between dates and the tables of names are
 * JavaScript functions, given to every engine; so is what an engine cannot say (`borrowed` counts those).
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
/** A folder with `node_modules`: bench itself, or what PREINFUSE_PEERS names. */
const home = process.env.PREINFUSE_PEERS ?? join(root, 'bench');
const require = createRequire(join(home, '_'));
const load = async (name) => import(pathToFileURL(require.resolve(name)).href);

export const nameOf = (linkId) => linkId.replaceAll('.', '_');
const keyOf = (linkId) => linkId.slice(linkId.indexOf('.') + 1);
const exact = ({ value, type }) => (typeof value === 'number' ? value / 10 ** (type.scale ?? 0) : value);

/** What every engine is given in JavaScript. */
function functionsOf(questionnaire, { wholeYears, parseDate, rowOf }) {
  const day = (text) => (typeof text === 'string' ? parseDate(text) : undefined);
  const ofDays = (calculation) => (from, to) => {
    const [a, b] = [day(from), day(to)];
    return a === undefined || b === undefined ? undefined : calculation(a, b);
  };
  const row = (table, key) => (typeof key === 'string' ? rowOf(questionnaire, table, key) : undefined);
  return {
    age: ofDays(wholeYears),
    days: ofDays((from, to) => to - from),
    listed: (table, key) => row(table, key) !== undefined,
    lookup: (table, key, column, scale) => {
      const found = row(table, key);
      const value = column === 'key' ? found?.mainKey : found?.values[column];
      return typeof value === 'number' ? value / 10 ** scale : value;
    },
  };
}

const operations = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
};

/** JavaScript as somebody writes it who does not think of absent answers: `(sheet, variables) => value`. */
function inJavaScript(questionnaire, functions) {
  const of = (node) => {
    switch (node.kind) {
      case 'literal':
      case 'parameter': {
        const value = exact(node);
        return () => value;
      }
      case 'answer': {
        const name = nameOf(node.linkId);
        return (sheet) => sheet[name];
      }
      case 'member': {
        const key = keyOf(node.linkId);
        return (_, variables) => variables[node.variable]?.[key];
      }
      case 'variable':
        return (_, variables) => variables[node.name];
      case 'calculated':
        return of(questionnaire.calculated.find(({ linkId }) => linkId === node.linkId).value.expression);
      case 'not': {
        const inner = of(node.of);
        return (...at) => !inner(...at);
      }
      case 'and':
      case 'or': {
        const parts = node.of.map(of);
        return (...at) => parts[node.kind === 'and' ? 'every' : 'some']((part) => part(...at));
      }
      case 'conditional': {
        const [condition, then, otherwise] = [node.if, node.then, node.else].map(of);
        return (...at) => (condition(...at) ? then(...at) : otherwise(...at));
      }
      case 'compare':
      case 'arithmetic': {
        const [left, right, operation] = [of(node.left), of(node.right), operations[node.operator]];
        return (...at) => operation(left(...at), right(...at));
      }
      case 'greatest':
      case 'least': {
        const [left, right, pick] = [of(node.left), of(node.right), node.kind === 'greatest' ? Math.max : Math.min];
        return (...at) => pick(left(...at), right(...at));
      }
      case 'rescale':
        return of(node.of);
      case 'in': {
        const [element, list] = [of(node.element), of(node.list)];
        return (...at) => {
          const among = list(...at);
          return Array.isArray(among) && among.includes(element(...at));
        };
      }
      case 'state': {
        const inner = of(node.of);
        return (...at) => {
          const answer = inner(...at);
          return node.state === 'answered' ? answer !== undefined && !answer.absent : answer?.absent === node.state;
        };
      }
      case 'orElse': {
        const [inner, otherwise] = [of(node.of), of(node.otherwise)];
        return (...at) => inner(...at) ?? otherwise(...at);
      }
      case 'exists':
      case 'all':
      case 'filter':
      case 'map': {
        const [list, body] = [of(node.list), of(node.body)];
        const method = { exists: 'some', all: 'every', filter: 'filter', map: 'map' }[node.kind];
        return (sheet, variables) => {
          const among = list(sheet, variables);
          const each = (element) => body(sheet, { ...variables, [node.variable]: element });
          return (Array.isArray(among) ? among : [])[method](each);
        };
      }
      case 'distinct': {
        const list = of(node.list);
        return (...at) => [...new Set(list(...at))];
      }
      case 'size': {
        const list = of(node.list);
        return (...at) => list(...at)?.length;
      }
      case 'list': {
        const parts = node.of.map(of);
        return (...at) => parts.map((part) => part(...at));
      }
      case 'age':
      case 'daysBetween': {
        const [from, to] = [of(node.birthDate ?? node.from), of(node.on ?? node.to)];
        const calculation = node.kind === 'age' ? functions.age : functions.days;
        return (...at) => calculation(from(...at), to(...at));
      }
      case 'listed': {
        const key = of(node.key);
        return (...at) => functions.listed(node.table, key(...at));
      }
      case 'lookup': {
        const key = of(node.key);
        return (...at) => functions.lookup(node.table, key(...at), node.column, node.type.scale ?? 0);
      }
      default:
        throw new Error(`no translation of ${node.kind}`);
    }
  };
  return of;
}

/** Names of the answers that a node reads, those inside the calculated values too. */
function namesIn(questionnaire, node, names = new Set()) {
  if (typeof node !== 'object' || node === null) return names;
  if (node.kind === 'answer') names.add(nameOf(node.linkId));
  if (node.kind === 'calculated') {
    const { value } = questionnaire.calculated.find(({ linkId }) => linkId === node.linkId);
    namesIn(questionnaire, value.expression, names);
  }
  for (const part of Object.values(node)) namesIn(questionnaire, part, names);
  return names;
}

const calculatedBy = (questionnaire, of) => (node) =>
  of(questionnaire.calculated.find(({ linkId }) => linkId === node.linkId).value.expression);

const engines = {
  javascript: async ({ questionnaire, js }) => {
    const rules = questionnaire.rules.map(({ id, when }) => ({ id, test: js(when.expression) }));
    return { fired: (sheet) => rules.filter(({ test }) => test(sheet, {})).map(({ id }) => id), borrowed: 0 };
  },

  'json-logic-engine': async ({ questionnaire, functions }) => {
    const { LogicEngine } = await load('json-logic-engine');
    const engine = new LogicEngine();
    for (const [name, method] of Object.entries(functions)) engine.addMethod(name, (args) => method(...args));
    engine.addMethod('distinct', ([list]) => [...new Set(list)]);
    const of = (node) => {
      const two = (operator) => ({ [operator]: [of(node.left), of(node.right)] });
      switch (node.kind) {
        case 'literal':
        case 'parameter':
          return exact(node);
        case 'answer':
          return { var: nameOf(node.linkId) };
        case 'member':
          return { var: keyOf(node.linkId) };
        case 'variable':
          return { var: '' };
        case 'calculated':
          return calculatedBy(questionnaire, of)(node);
        case 'not':
          return { '!': [of(node.of)] };
        case 'and':
        case 'or':
          return { [node.kind]: node.of.map(of) };
        case 'conditional':
          return { if: [of(node.if), of(node.then), of(node.else)] };
        case 'compare':
          return two({ '==': '===', '!=': '!==' }[node.operator] ?? node.operator);
        case 'arithmetic':
          return two(node.operator);
        case 'greatest':
          return two('max');
        case 'least':
          return two('min');
        case 'rescale':
          return of(node.of);
        case 'in':
          return { in: [of(node.element), of(node.list)] };
        case 'state': {
          const absent = { var: `${of(node.of).var}.absent` };
          if (node.state !== 'answered') return { '===': [absent, node.state] };
          return { and: [{ '!==': [of(node.of), null] }, { '!': [absent] }] };
        }
        case 'orElse':
          return { '??': [of(node.of), of(node.otherwise)] };
        case 'exists':
          return { some: [of(node.list), of(node.body)] };
        case 'all':
        case 'filter':
        case 'map':
          return { [node.kind]: [of(node.list), of(node.body)] };
        case 'distinct':
          return { distinct: [of(node.list)] };
        case 'size':
          return { length: [of(node.list)] };
        case 'list':
          return node.of.map(of);
        case 'age':
          return { age: [of(node.birthDate), of(node.on)] };
        case 'daysBetween':
          return { days: [of(node.from), of(node.to)] };
        case 'listed':
          return { listed: [node.table, of(node.key)] };
        case 'lookup':
          return { lookup: [node.table, of(node.key), node.column, node.type.scale ?? 0] };
        default:
          throw new Error(`no translation of ${node.kind}`);
      }
    };
    const rules = questionnaire.rules.map(({ id, when }) => ({ id, test: engine.build(of(when.expression)) }));
    return { fired: (sheet) => rules.filter(({ test }) => isTrue(test, sheet)).map(({ id }) => id), borrowed: 0 };
  },

  'json-rules-engine': async ({ questionnaire, js }) => {
    const { Engine } = await load('json-rules-engine');
    const engine = new Engine([], { allowUndefinedFacts: true });
    let borrowed = 0;
    const operators = {
      '==': 'equal',
      '!=': 'notEqual',
      '<': 'lessThan',
      '<=': 'lessThanInclusive',
      '>': 'greaterThan',
      '>=': 'greaterThanInclusive',
    };
    const isFixed = ({ kind }) => kind === 'literal' || kind === 'parameter';
    const fixed = (node) => (node.kind === 'rescale' ? fixed(node.of) : isFixed(node) ? exact(node) : undefined);
    const borrow = (node) => {
      borrowed += 1;
      const [fact, test] = [`f${borrowed}`, js(node)];
      engine.addFact(fact, async (_, almanac) => test(await almanac.factValue('sheet'), {}) === true);
      return { fact, operator: 'equal', value: true };
    };
    const of = (node) => {
      switch (node.kind) {
        case 'answer':
          return { fact: nameOf(node.linkId), operator: 'equal', value: true };
        case 'not':
          return { not: of(node.of) };
        case 'and':
          return { all: node.of.map(of) };
        case 'or':
          return { any: node.of.map(of) };
        case 'compare': {
          const value = fixed(node.right);
          if (node.left.kind !== 'answer' || value === undefined) return borrow(node);
          return { fact: nameOf(node.left.linkId), operator: operators[node.operator], value };
        }
        case 'in':
          if (node.list.kind === 'answer' && isFixed(node.element)) {
            return { fact: nameOf(node.list.linkId), operator: 'contains', value: exact(node.element) };
          }
          if (node.element.kind === 'answer' && node.list.kind === 'list' && node.list.of.every(isFixed)) {
            return { fact: nameOf(node.element.linkId), operator: 'in', value: node.list.of.map(exact) };
          }
          return borrow(node);
        default:
          return borrow(node);
      }
    };
    for (const { id, when } of questionnaire.rules) {
      const conditions = of(when.expression);
      const isGroup = 'all' in conditions || 'any' in conditions || 'not' in conditions;
      engine.addRule({ conditions: isGroup ? conditions : { all: [conditions] }, event: { type: id } });
    }
    const order = new Map(questionnaire.rules.map(({ id }, at) => [id, at]));
    const fired = async (sheet) => {
      const { events } = await engine.run({ ...sheet, sheet });
      return events.map(({ type }) => type).sort((a, b) => order.get(a) - order.get(b));
    };
    return { fired, borrowed };
  },

  'fhirpath.js': async ({ questionnaire, functions }) => {
    const fhirpath = (await load('fhirpath')).default;
    const one = (value) => (Array.isArray(value) ? value[0] : value);
    const some = (value) => (value === undefined ? [] : [value]);
    const userInvocationTable = {
      age: { fn: (inputs, on) => some(functions.age(one(inputs), one(on))), arity: { 1: ['AnyAtRoot'] } },
      daysTo: { fn: (inputs, to) => some(functions.days(one(inputs), one(to))), arity: { 1: ['AnyAtRoot'] } },
      listed: { fn: (inputs, table) => [functions.listed(table, one(inputs))], arity: { 1: ['String'] } },
      lookup: {
        fn: (inputs, table, column, scale) => some(functions.lookup(table, one(inputs), column, scale)),
        arity: { 3: ['String', 'String', 'Integer'] },
      },
    };
    const text = (value) => (typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : String(value));
    const of = (node) => {
      const two = (operator) => `(${of(node.left)} ${operator} ${of(node.right)})`;
      switch (node.kind) {
        case 'literal':
        case 'parameter':
          return text(exact(node));
        case 'answer':
          return `\`${nameOf(node.linkId)}\``;
        case 'member':
          return `\`${keyOf(node.linkId)}\``;
        case 'variable':
          return '$this';
        case 'calculated':
          return calculatedBy(questionnaire, of)(node);
        case 'not':
          return `(${of(node.of)}).not()`;
        case 'and':
        case 'or':
          return `(${node.of.map(of).join(` ${node.kind} `)})`;
        case 'conditional':
          return `iif(${of(node.if)}, ${of(node.then)}, ${of(node.else)})`;
        case 'compare':
          return two(node.operator === '==' ? '=' : node.operator);
        case 'arithmetic':
          return two(node.operator);
        case 'greatest':
        case 'least':
          return `iif(${two(node.kind === 'greatest' ? '>' : '<')}, ${of(node.left)}, ${of(node.right)})`;
        case 'rescale':
          return of(node.of);
        case 'in':
          return `(${of(node.element)} in ${of(node.list)})`;
        case 'state':
          if (node.state !== 'answered') return `(${of(node.of)}.absent = '${node.state}')`;
          return `(${of(node.of)}.exists() and ${of(node.of)}.absent.empty())`;
        case 'orElse':
          return `iif(${of(node.of)}.exists(), ${of(node.of)}, ${of(node.otherwise)})`;
        case 'exists':
          return `${of(node.list)}.where(${of(node.body)}).exists()`;
        case 'all':
          return `${of(node.list)}.all(${of(node.body)})`;
        case 'filter':
          return `${of(node.list)}.where(${of(node.body)})`;
        case 'map':
          return `${of(node.list)}.select(${of(node.body)})`;
        case 'distinct':
          return `${of(node.list)}.distinct()`;
        case 'size':
          return `${of(node.list)}.count()`;
        case 'list':
          return `(${node.of.map(of).join(' | ')})`;
        case 'age':
          return `${of(node.birthDate)}.age(${of(node.on)})`;
        case 'daysBetween':
          return `${of(node.from)}.daysTo(${of(node.to)})`;
        case 'listed':
          return `${of(node.key)}.listed('${node.table}')`;
        case 'lookup':
          return `${of(node.key)}.lookup('${node.table}', '${node.column}', ${node.type.scale ?? 0})`;
        default:
          throw new Error(`no translation of ${node.kind}`);
      }
    };
    const rules = questionnaire.rules.map(({ id, when }) => {
      const compiled = fhirpath.compile(of(when.expression), undefined, { userInvocationTable });
      return { id, test: (sheet) => compiled(sheet)[0] === true };
    });
    return { fired: (sheet) => rules.filter(({ test }) => isTrue(test, sheet)).map(({ id }) => id), borrowed: 0 };
  },

  'survey-core': async ({ questionnaire, js }) => {
    const { FunctionFactory, SurveyModel } = await load('survey-core');
    let borrowed = 0;
    const borrow = (node) => {
      borrowed += 1;
      const [name, value, names] = [`borrowed${borrowed}`, js(node), [...namesIn(questionnaire, node)]];
      FunctionFactory.Instance.register(name, (params) =>
        value(Object.fromEntries(names.map((each, at) => [each, params[at] ?? undefined])), {}),
      );
      return `${name}(${names.map((each) => `{${each}}`).join(', ')})`;
    };
    const text = (value) => (typeof value === 'string' ? `'${value}'` : String(value));
    const of = (node) => {
      switch (node.kind) {
        case 'literal':
        case 'parameter':
          return text(exact(node));
        case 'answer':
          return `{${nameOf(node.linkId)}}`;
        case 'calculated':
          return calculatedBy(questionnaire, of)(node);
        case 'not':
          return `!(${of(node.of)})`;
        case 'and':
        case 'or':
          return `(${node.of.map(truth).join(` ${node.kind} `)})`;
        case 'conditional':
          return `iif(${truth(node.if)}, ${of(node.then)}, ${of(node.else)})`;
        case 'compare':
        case 'arithmetic':
          return `(${of(node.left)} ${node.operator} ${of(node.right)})`;
        case 'rescale':
          return of(node.of);
        case 'in':
          if (node.list.kind === 'answer') return `(${of(node.list)} contains ${of(node.element)})`;
          return borrow(node);
        default:
          return borrow(node);
      }
    };
    /** A condition: an answer alone is one where it is true. */
    const truth = (node) => (node.kind === 'answer' ? `(${of(node)} = true)` : of(node));
    // Without questions: an answer to one that is no text, such as why there is none, would be turned into a text.
    const survey = new SurveyModel({
      calculatedValues: questionnaire.rules.map(({ id, when }) => ({
        name: `rule ${id}`,
        expression: `iif(${truth(when.expression)}, 'fired', 'not')`,
      })),
    });
    const values = new Map(survey.calculatedValues.map((each) => [each.name, each]));
    const fired = (sheet) => {
      survey.data = sheet;
      return questionnaire.rules.map(({ id }) => id).filter((id) => values.get(`rule ${id}`).value === 'fired');
    };
    return { fired, borrowed };
  },
};

export const peers = Object.keys(engines);

/** What counts as true in JavaScript has fired; a rule that an engine stops at with an error has not. */
function isTrue(test, sheet) {
  try {
    return Boolean(test(sheet));
  } catch {
    return false;
  }
}

async function run(name, input, output) {
  const of = (path) => import(`${root}dist/${path}.js`);
  const [{ loadDefinition }, { wholeYears, parseDate }, { rowOf }, { worse }] = await Promise.all(
    ['cli/definitions/definitions', 'model/local-date', 'engine/evaluate', 'model/disposition'].map(of),
  );
  const { questionnaire } = await loadDefinition(undefined, { cwd: root, env: {} });
  const functions = functionsOf(questionnaire, { wholeYears, parseDate, rowOf });
  const js = inJavaScript(questionnaire, functions);
  const { fired, borrowed } = await engines[name]({ questionnaire, functions, js });
  const dispositions = new Map(questionnaire.rules.map(({ id, disposition }) => [id, disposition]));
  const out = createWriteStream(output);
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(input) })) {
    line += 1;
    const rules = await fired(JSON.parse(text));
    const disposition = rules.map((rule) => dispositions.get(rule)).reduce(worse, 'proceed');
    out.write(`${JSON.stringify({ line, disposition, rules })}\n`);
  }
  await new Promise((done) => out.end(done));
  process.stdout.write(JSON.stringify({ records: line, borrowed }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await run(...process.argv.slice(2));
