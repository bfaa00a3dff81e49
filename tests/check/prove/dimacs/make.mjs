/**
 * Writes the .cnf files beside this one: `node tests/check/prove/dimacs/make.mjs`. The same files each time. What each
 * must come to is known by construction, or was found by trying every assignment, never by a solver.
 */
import { writeFileSync } from 'node:fs';

const range = (count, from = 1) => Array.from({ length: count }, (_, at) => at + from);
const pairs = (of) => of.flatMap((one, at) => of.slice(at + 1).map((other) => [one, other]));

/** One pigeon more than holes. */
function pigeonhole(pigeons) {
  const holes = range(pigeons - 1);
  const sits = (pigeon, hole) => (pigeon - 1) * holes.length + hole;
  return [
    ...range(pigeons).map((pigeon) => holes.map((hole) => sits(pigeon, hole))),
    ...holes.flatMap((hole) => pairs(range(pigeons)).map(([a, b]) => [-sits(a, hole), -sits(b, hole)])),
  ];
}

/** Every clause that an odd (even) number of true variables satisfies. */
function parity(variables, isOdd) {
  return range(2 ** variables.length, 0).flatMap((bits) => {
    const negated = variables.filter((_, at) => (bits >> at) & 1).length;
    if ((negated % 2 === 1) === isOdd) return [];
    return [variables.map((variable, at) => ((bits >> at) & 1 ? -variable : variable))];
  });
}

/** The parity of `of`, added up in this order over variables from `next`; the last one is the sum. */
function chain(of, next) {
  const clauses = [];
  let sum = of[0];
  of.slice(1).forEach((each, at) => {
    clauses.push(...parity([sum, each, next + at], false));
    sum = next + at;
  });
  return { clauses, sum };
}

/** The same bits added up in two orders: the sums are equal, and are asked to be so or not. */
function twoSums(bits, areEqual) {
  const inputs = range(bits);
  const shuffled = inputs.map((_, at) => inputs[(at * 3 + 1) % bits]);
  const one = chain(inputs, bits + 1);
  const other = chain(shuffled, 2 * bits);
  return [...one.clauses, ...other.clauses, ...parity([one.sum, other.sum], !areEqual)];
}

/** A colour for every node of a graph, two for no edge. */
function colouring(edges, colours) {
  const nodes = [...new Set(edges.flat())];
  const is = (node, colour) => nodes.indexOf(node) * colours + colour;
  return [
    ...nodes.map((node) => range(colours).map((colour) => is(node, colour))),
    ...edges.flatMap(([a, b]) => range(colours).map((colour) => [-is(a, colour), -is(b, colour)])),
  ];
}

const circle = (nodes) => nodes.map((node, at) => [node, nodes[(at + 1) % nodes.length]]);
const wheel = (rim) => [...circle(range(rim)), ...range(rim).map((node) => [0, node])];
const petersen = [
  ...circle(range(5)),
  ...range(5).map((node) => [node, node + 5]),
  ...range(5).map((node) => [node + 5, ((node + 1) % 5) + 6]),
];
/** Mycielski's: no triangle, and one colour more than the graph it is made from. */
function mycielski(edges) {
  const nodes = [...new Set(edges.flat())];
  const shadow = (node) => node + nodes.length;
  const top = 2 * nodes.length + 1;
  return [
    ...edges,
    ...edges.flatMap(([a, b]) => [
      [a, shadow(b)],
      [b, shadow(a)],
    ]),
    ...nodes.map((node) => [shadow(node), top]),
  ];
}

/** Numbers from 0 to 2^32 - 1 (Numerical Recipes' linear congruence). */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
}

/** Three different variables a clause, each negated or not, about 4.26 clauses a variable: as many with an answer as without. */
function random(variables, seed) {
  const next = numbers(seed);
  const below = (count) => Math.floor((next() / 2 ** 32) * count);
  return range(Math.round(4.26 * variables)).map(() => {
    const chosen = new Set();
    while (chosen.size < 3) chosen.add(1 + below(variables));
    return [...chosen].map((variable) => (below(2) === 1 ? variable : -variable));
  });
}

/** Random clauses that the assignment of every second variable satisfies. */
function planted(variables, seed) {
  return random(variables, seed).filter((clause) => clause.some((literal) => (literal % 2 === 0) === literal > 0));
}

function isSatisfiable(clauses, variables) {
  const masks = clauses.map((clause) =>
    clause.reduce(
      ([yes, no], literal) => (literal > 0 ? [yes | (1 << (literal - 1)), no] : [yes, no | (1 << (-literal - 1))]),
      [0, 0],
    ),
  );
  for (let bits = 0; bits < 2 ** variables; bits += 1)
    if (masks.every(([yes, no]) => (bits & yes) !== 0 || (~bits & no) !== 0)) return true;
  return false;
}

function write(name, clauses, verdict, why) {
  const variables = Math.max(...clauses.flat().map(Math.abs));
  const expected = verdict ?? (isSatisfiable(clauses, variables) ? 'satisfiable' : 'unsatisfiable');
  const lines = [
    `c ${name}: ${why}`,
    `c expected: ${expected}`,
    `p cnf ${variables} ${clauses.length}`,
    ...clauses.map((clause) => `${clause.join(' ')} 0`),
  ];
  writeFileSync(new URL(`${name}.cnf`, import.meta.url), `${lines.join('\n')}\n`);
}

for (const pigeons of [4, 5, 6, 7]) write(`pigeonhole-${pigeons}`, pigeonhole(pigeons), 'unsatisfiable', 'by counting');
for (const bits of [4, 7, 10, 13]) {
  write(`parity-${bits}-equal`, twoSums(bits, true), 'satisfiable', 'both sums are those of the same bits');
  write(`parity-${bits}-unequal`, twoSums(bits, false), 'unsatisfiable', 'both sums are those of the same bits');
}
const grotzsch = mycielski(circle(range(5)));
for (const [name, edges, colours, verdict, why] of [
  ['five-circle-2', circle(range(5)), 2, 'unsatisfiable', 'an odd circle'],
  ['six-circle-2', circle(range(6)), 2, 'satisfiable', 'an even circle'],
  ['k4-3', pairs(range(4)), 3, 'unsatisfiable', 'four nodes, all joined'],
  ['wheel-7-3', wheel(7), 3, 'unsatisfiable', 'an odd rim takes three, the hub a fourth'],
  ['wheel-8-3', wheel(8), 3, 'satisfiable', 'an even rim takes two'],
  ['petersen-2', petersen, 2, 'unsatisfiable', 'it has circles of five'],
  ['petersen-3', petersen, 3, 'satisfiable', 'its chromatic number is 3'],
  ['grotzsch-3', grotzsch, 3, 'unsatisfiable', 'its chromatic number is 4 (Mycielski 1955)'],
  ['grotzsch-4', grotzsch, 4, 'satisfiable', 'its chromatic number is 4 (Mycielski 1955)'],
  ['mycielski-4', mycielski(grotzsch), 4, 'unsatisfiable', 'its chromatic number is 5 (Mycielski 1955)'],
])
  write(`colouring-${name}`, colouring(edges, colours), verdict, why);
for (const seed of range(12))
  write(`random-20-${seed}`, random(20, seed), undefined, 'found by trying every assignment');
for (const seed of range(4))
  write(`planted-60-${seed}`, planted(60, seed), 'satisfiable', 'even variables true, odd ones false');
