/** A literal: 2 x variable, plus 1 where it is negated. Variables count from 0. */
export type Literal = number;
export type Clause = readonly Literal[];

export function negated(literal: Literal): Literal {
  return literal ^ 1;
}

/** By literal: 1 true, 0 false, -1 where either will do. */
export type Model = Int8Array;

/**
 * What a call of `solve` found. `satisfiable` comes with a model; `unsatisfiable` with a clause of
 * negated assumptions that follows from the clauses alone (empty where no assumption is to blame).
 */
export type Verdict =
  | { readonly is: 'satisfiable'; readonly model: Model }
  | { readonly is: 'unsatisfiable'; readonly core: Clause }
  | { readonly is: 'undecided'; readonly conflicts: number };

/**
 * A clause that follows by unit propagation from the lemmas of one literal before it and from its `hints`, each of which
 * comes to a unit when the ones before it have, the last to a contradiction. A hint is the number of a clause, or of a
 * lemma as its complement (`~`).
 */
export interface Lemma {
  readonly clause: Clause;
  readonly hints: readonly number[];
}

const unassigned = -1;
const noReason = -1;

/** What is known of a variable while a lemma is made: that it is in it, that the lemma says it, that it does not. */
const inLemma = 1;
const said = 2;
const unsaid = 3;

function bitOf(level: number): number {
  return 1 << (level & 31);
}

/**
 * Conflict-driven clause learning (Marques-Silva and Sakallah 1996; two watched literals and activities after Chaff and
 * MiniSat), incremental under assumptions. Everything it comes to is kept in `lemmas`, in order, so that `rup` can check
 * an answer without trusting this code.
 */
export class Solver {
  readonly clauses: Clause[] = [];
  readonly lemmas: Lemma[] = [];
  /**
   * Clauses of two literals and more, one after another, each behind its length and its number as a hint. In here a clause
   * is named by where its length stands.
   */
  private arena = new Int32Array(1 << 14);
  private arenaEnd = 0;
  /** For each literal, the clauses that watch it: their names, each with another of their literals. */
  private readonly watches: number[][] = [];
  private variables = 0;
  /** Per literal: 1 true, 0 false, -1 unassigned. */
  private truth = new Int8Array(1 << 11);
  /** Per variable from here on. */
  private level = new Int32Array(1 << 10);
  private reason = new Int32Array(1 << 10);
  /** Where it stands on the trail. */
  private position = new Int32Array(1 << 10);
  private phase = new Uint8Array(1 << 10);
  private seen = new Uint8Array(1 << 10);
  private readonly trail: Literal[] = [];
  private readonly levelStarts: number[] = [];
  private readonly heap = new ActivityHeap();
  private scope: Scope | undefined;
  private propagated = 0;
  private increment = 1;
  private isContradictory = false;

  newVariable(): number {
    const variable = this.variables;
    this.variables += 1;
    if (variable >= this.level.length) this.grow();
    this.truth.fill(unassigned, 2 * variable, 2 * variable + 2);
    this.watches.push([], []);
    this.heap.add();
    return variable;
  }

  private grow(): void {
    this.truth = doubled(this.truth, Int8Array);
    this.level = doubled(this.level, Int32Array);
    this.reason = doubled(this.reason, Int32Array);
    this.position = doubled(this.position, Int32Array);
    this.phase = doubled(this.phase, Uint8Array);
    this.seen = doubled(this.seen, Uint8Array);
  }

  get variableCount(): number {
    return this.variables;
  }

  /** Adds a clause; may be called between calls of `solve`. */
  add(literals: Clause): void {
    const number = this.clauses.length;
    this.clauses.push(literals);
    this.cancelTo(0);
    const unique = [...new Set(literals)];
    if (unique.some((literal) => unique.includes(negated(literal)) || this.truth[literal] === 1)) return;
    const open = unique.filter((literal) => this.truth[literal] === unassigned);
    const [only] = open;
    if (open.length > 1) {
      this.watch(open, number);
      return;
    }
    this.lemmas.push({ clause: open, hints: [number] });
    if (only === undefined) {
      this.isContradictory = true;
      return;
    }
    this.assign(only, noReason);
    const conflict = this.propagate();
    if (conflict >= 0) this.contradict(conflict);
  }

  /** A clause is false whatever is assumed. */
  private contradict(conflict: number): void {
    this.isContradictory = true;
    this.lemmas.push({ clause: [], hints: [this.hintOf(conflict)] });
  }

  /**
   * Decides the clauses under assumptions; gives up after `conflictLimit` conflicts. With a `scope` only its variables are
   * decided: the caller vouches that any assignment of them without conflict can be extended to all.
   */
  solve(assumptions: Clause, conflictLimit: number, scope?: Scope): Verdict {
    this.cancelTo(0);
    this.scope = scope;
    const variables = scope?.variables ?? Array.from({ length: this.variables }, (_, variable) => variable);
    this.heap.fill(variables.filter((variable) => this.truth[2 * variable] === unassigned));
    let conflicts = 0;
    for (let restart = 1; ; restart += 1) {
      const budget = Math.min(100 * luby(restart), conflictLimit - conflicts);
      const found = this.search(assumptions, budget);
      if (found !== undefined) return found;
      conflicts += budget;
      if (conflicts >= conflictLimit) return { is: 'undecided', conflicts };
    }
  }

  private isInScope(variable: number): boolean {
    return this.scope === undefined || this.scope.includes[variable] === 1;
  }

  private search(assumptions: Clause, budget: number): Verdict | undefined {
    if (this.isContradictory) return { is: 'unsatisfiable', core: [] };
    for (let conflicts = 0; ; ) {
      const conflict = this.propagate();
      if (conflict >= 0) {
        conflicts += 1;
        if (this.levelStarts.length === 0) {
          this.contradict(conflict);
          return { is: 'unsatisfiable', core: [] };
        }
        this.learn(conflict);
        if (conflicts >= budget) {
          this.cancelTo(0);
          return undefined;
        }
        continue;
      }
      const next = this.nextAssumption(assumptions);
      if (typeof next === 'object') return next;
      const decision = next ?? this.decide();
      if (decision === undefined) return { is: 'satisfiable', model: this.truth.slice(0, 2 * this.variables) };
      this.levelStarts.push(this.trail.length);
      this.assign(decision, noReason);
    }
  }

  /** The next assumption that is still open, or what follows where one is already false. */
  private nextAssumption(assumptions: Clause): Literal | Verdict | undefined {
    while (this.levelStarts.length < assumptions.length) {
      const literal = assumptions[this.levelStarts.length] as Literal;
      const truth = this.truth[literal];
      if (truth === unassigned) return literal;
      if (truth === 0) {
        const lemma = this.blame(negated(literal));
        this.lemmas.push(lemma);
        return { is: 'unsatisfiable', core: lemma.clause };
      }
      this.levelStarts.push(this.trail.length);
    }
    return undefined;
  }

  private assign(literal: Literal, reason: number): void {
    const variable = literal >> 1;
    this.truth[literal] = 1;
    this.truth[literal ^ 1] = 0;
    this.level[variable] = this.levelStarts.length;
    this.reason[variable] = reason;
    this.position[variable] = this.trail.length;
    this.trail.push(literal);
    if (reason !== noReason && this.levelStarts.length === 0)
      this.lemmas.push({ clause: [literal], hints: [this.hintOf(reason)] });
  }

  /** Keeps a clause of two literals or more, watching the first two. */
  private watch(literals: Clause, hint: number): number {
    const clause = this.arenaEnd;
    this.arenaEnd += literals.length + 2;
    while (this.arenaEnd > this.arena.length) this.arena = doubled(this.arena, Int32Array);
    this.arena[clause] = literals.length;
    this.arena[clause + 1] = hint;
    this.arena.set(literals, clause + 2);
    const [first, second] = literals as [Literal, Literal];
    this.watches[first]?.push(clause, second);
    this.watches[second]?.push(clause, first);
    return clause;
  }

  /** Behind the last literal of a clause; the first stands two places behind its name. */
  private endOf(clause: number): number {
    return clause + 2 + (this.arena[clause] as number);
  }

  private hintOf(clause: number): number {
    return this.arena[clause + 1] as number;
  }

  /** Unit propagation; the name of a clause that is false, or -1. */
  private propagate(): number {
    while (this.propagated < this.trail.length) {
      const falsified = negated(this.trail[this.propagated] as Literal);
      this.propagated += 1;
      const conflict = this.visitWatchers(falsified);
      if (conflict >= 0) return conflict;
    }
    return -1;
  }

  private visitWatchers(falsified: Literal): number {
    const { arena, truth } = this;
    const watchers = this.watches[falsified] as number[];
    const end = watchers.length;
    let kept = 0;
    let conflict = -1;
    for (let at = 0; at < end; at += 2) {
      const clause = watchers[at] as number;
      const other = watchers[at + 1] as Literal;
      if (truth[other] === 1) {
        watchers[kept] = clause;
        watchers[kept + 1] = other;
        kept += 2;
        continue;
      }
      if (arena[clause + 2] === falsified) {
        arena[clause + 2] = arena[clause + 3] as Literal;
        arena[clause + 3] = falsified;
      }
      const first = arena[clause + 2] as Literal;
      if (truth[first] !== 1 && this.moveWatch(clause, first)) continue;
      watchers[kept] = clause;
      watchers[kept + 1] = first;
      kept += 2;
      if (truth[first] === 1) continue;
      if (truth[first] === 0) {
        for (at += 2; at < end; at += 1) watchers[kept++] = watchers[at] as number;
        conflict = clause;
        break;
      }
      this.assign(first, clause);
    }
    if (kept < end) watchers.length = kept;
    return conflict;
  }

  /** Watches another literal of the clause that is not false, where there is one. */
  private moveWatch(clause: number, first: Literal): boolean {
    const { arena, truth } = this;
    const end = this.endOf(clause);
    for (let at = clause + 4; at < end; at += 1) {
      const literal = arena[at] as Literal;
      if (truth[literal] === 0) continue;
      arena[at] = arena[clause + 3] as Literal;
      arena[clause + 3] = literal;
      (this.watches[literal] as number[]).push(clause, first);
      return true;
    }
    return false;
  }

  /** Learns the clause of the first unique implication point and goes back to where it is a unit. */
  private learn(conflict: number): void {
    const learned = this.analyze(conflict);
    const lemma = learned.clause;
    this.lemmas.push(learned);
    let back = 0;
    let deepest = 1;
    for (let at = 1; at < lemma.length; at += 1) {
      const level = this.level[(lemma[at] as Literal) >> 1] as number;
      if (level > back) [back, deepest] = [level, at];
    }
    this.cancelTo(back);
    const [unit] = lemma as [Literal];
    if (lemma.length === 1) this.assign(unit, noReason);
    else {
      const clause = [...lemma];
      [clause[1], clause[deepest]] = [clause[deepest] as Literal, clause[1] as Literal];
      this.assign(unit, this.watch(clause, ~(this.lemmas.length - 1)));
    }
    this.increment *= 1.05;
    if (this.increment > 1e100) {
      this.heap.scale(1e-100);
      this.increment *= 1e-100;
    }
  }

  private analyze(conflict: number): Lemma {
    const { arena, seen, level, position } = this;
    const marked: number[] = [];
    const hints: number[] = [];
    const lower: Literal[] = [];
    const current = this.levelStarts.length;
    let open = 0;
    let at = this.trail.length - 1;
    let literal: Literal | undefined;
    let clause = conflict;
    for (;;) {
      hints.push(this.hintOf(clause));
      const end = this.endOf(clause);
      for (let place = clause + 2; place < end; place += 1) {
        const each = arena[place] as Literal;
        const variable = each >> 1;
        if (each === literal || seen[variable] === inLemma || level[variable] === 0) continue;
        seen[variable] = inLemma;
        marked.push(variable);
        this.heap.bump(variable, this.increment);
        if (level[variable] === current) open += 1;
        else lower.push(each);
      }
      while (seen[(this.trail[at] as Literal) >> 1] === 0) at -= 1;
      literal = this.trail[at] as Literal;
      at -= 1;
      open -= 1;
      if (open === 0) break;
      clause = this.reason[literal >> 1] as number;
    }
    const learned = [negated(literal)];
    const implied: number[] = [];
    const levels = lower.reduce((mask, each) => mask | bitOf(level[each >> 1] as number), 0);
    for (const each of lower) if (!this.isImplied(each >> 1, levels, implied, marked)) learned.push(each);
    implied.sort((a, b) => (position[b] as number) - (position[a] as number));
    for (const variable of implied) hints.push(this.hintOf(this.reason[variable] as number));
    for (const variable of marked) seen[variable] = 0;
    return { clause: learned, hints: hints.reverse() };
  }

  /**
   * Whether the other literals of a lemma already say this one: its reason holds nothing but them, and what they say in
   * turn (as MiniSat has it). Each variable met is marked; those that are said are added to `implied`. A level that is not
   * in `levels` has none of them.
   */
  private isImplied(variable: number, levels: number, implied: number[], marked: number[]): boolean {
    if (this.reason[variable] === noReason) return false;
    const path = [variable];
    const places = [(this.reason[variable] as number) + 2];
    while (path.length > 0) {
      const own = path[path.length - 1] as number;
      const place = this.openIn(own, places[places.length - 1] as number);
      if (place < 0) {
        implied.push(own);
        this.mark(own, said, marked);
        path.pop();
        places.pop();
        continue;
      }
      const other = (this.arena[place] as Literal) >> 1;
      if (!this.maybeSaid(other, levels)) {
        for (const each of path) this.mark(each, unsaid, marked);
        return false;
      }
      places[places.length - 1] = place + 1;
      path.push(other);
      places.push((this.reason[other] as number) + 2);
    }
    return true;
  }

  /** From `place` on, where the reason of a variable has one that neither is in the lemma nor is known to be said; or -1. */
  private openIn(variable: number, place: number): number {
    const { arena, seen, level } = this;
    const end = this.endOf(this.reason[variable] as number);
    for (let at = place; at < end; at += 1) {
      const other = (arena[at] as Literal) >> 1;
      if (other !== variable && level[other] !== 0 && seen[other] !== inLemma && seen[other] !== said) return at;
    }
    return -1;
  }

  private maybeSaid(variable: number, levels: number): boolean {
    const isOnLevel = (bitOf(this.level[variable] as number) & levels) !== 0;
    return isOnLevel && this.reason[variable] !== noReason && this.seen[variable] !== unsaid;
  }

  private mark(variable: number, as: typeof said | typeof unsaid, marked: number[]): void {
    if (this.seen[variable] === inLemma) return;
    this.seen[variable] = as;
    marked.push(variable);
  }

  /** The negated assumptions that make `literal` true, as a clause with `literal`. */
  private blame(literal: Literal): Lemma {
    if (this.level[literal >> 1] === 0) return { clause: [literal], hints: [] };
    const hints: number[] = [];
    const core = new Set<Literal>([literal]);
    const seen = new Set<number>([literal >> 1]);
    for (let at = this.trail.length - 1; at >= 0; at -= 1) {
      const each = this.trail[at] as Literal;
      const variable = each >> 1;
      if (!seen.has(variable) || this.level[variable] === 0) continue;
      const reason = this.reason[variable] as number;
      if (reason === noReason) {
        core.add(negated(each));
        continue;
      }
      hints.push(this.hintOf(reason));
      for (const other of this.arena.subarray(reason + 2, this.endOf(reason))) seen.add(other >> 1);
    }
    return { clause: [...core], hints: hints.reverse() };
  }

  private decide(): Literal | undefined {
    for (let variable = this.heap.take(); variable !== undefined; variable = this.heap.take()) {
      if (this.truth[2 * variable] === unassigned) return 2 * variable + ((this.phase[variable] as number) ^ 1);
    }
    return undefined;
  }

  private cancelTo(level: number): void {
    if (this.levelStarts.length <= level) return;
    const start = this.levelStarts[level] as number;
    for (let at = this.trail.length - 1; at >= start; at -= 1) {
      const literal = this.trail[at] as Literal;
      const variable = literal >> 1;
      this.phase[variable] = (literal & 1) ^ 1;
      this.truth[literal] = unassigned;
      this.truth[literal ^ 1] = unassigned;
      if (this.isInScope(variable)) this.heap.insert(variable);
    }
    this.trail.length = start;
    this.levelStarts.length = level;
    this.propagated = Math.min(this.propagated, start);
  }
}

/** The variables that are decided, ascending; in `includes` 1 for each of them. */
export interface Scope {
  readonly variables: ArrayLike<number> & { filter(isWanted: (variable: number) => boolean): ArrayLike<number> };
  readonly includes: Uint8Array;
}

interface TypedArray<Self> {
  readonly length: number;
  set(from: Self): void;
}

/** The same numbers in an array with twice the room. */
function doubled<Numbers extends TypedArray<Numbers>>(from: Numbers, make: new (length: number) => Numbers): Numbers {
  const to = new make(2 * from.length);
  to.set(from);
  return to;
}

/** 1 1 2 1 1 2 4 ... (Luby, Sinclair and Zuckerman 1993). `index` counts from 1. */
export function luby(index: number): number {
  let power = 1;
  while (power < index + 1) power *= 2;
  return power === index + 1 ? power / 2 : luby(index - power / 2 + 1);
}

/** Variables by activity, the most active first. */
class ActivityHeap {
  private activity = new Float64Array(1 << 10);
  /** Where each variable stands in `items`, or -1. */
  private place = new Int32Array(1 << 10);
  private items = new Int32Array(1 << 10);
  private size = 0;
  private variables = 0;

  /** One more variable, not in the heap yet. */
  add(): void {
    if (this.variables >= this.activity.length) {
      this.activity = doubled(this.activity, Float64Array);
      this.place = doubled(this.place, Int32Array);
      this.items = doubled(this.items, Int32Array);
    }
    this.place[this.variables] = -1;
    this.variables += 1;
  }

  /** Holds from here on just those variables. */
  fill(variables: ArrayLike<number>): void {
    for (let at = 0; at < this.size; at += 1) this.place[this.items[at] as number] = -1;
    this.size = variables.length;
    for (let at = 0; at < this.size; at += 1) this.put(variables[at] as number, at);
    for (let at = (this.size >> 1) - 1; at >= 0; at -= 1) this.down(at);
  }

  insert(variable: number): void {
    if ((this.place[variable] as number) >= 0) return;
    this.put(variable, this.size);
    this.size += 1;
    this.up(this.size - 1);
  }

  bump(variable: number, by: number): void {
    this.activity[variable] = (this.activity[variable] as number) + by;
    const at = this.place[variable] as number;
    if (at >= 0) this.up(at);
  }

  scale(by: number): void {
    for (let variable = 0; variable < this.variables; variable += 1)
      this.activity[variable] = (this.activity[variable] as number) * by;
  }

  take(): number | undefined {
    if (this.size === 0) return undefined;
    const top = this.items[0] as number;
    this.size -= 1;
    this.place[top] = -1;
    if (this.size > 0) {
      this.put(this.items[this.size] as number, 0);
      this.down(0);
    }
    return top;
  }

  private put(variable: number, at: number): void {
    this.items[at] = variable;
    this.place[variable] = at;
  }

  private isHigher(a: number, b: number): boolean {
    return (this.activity[a] as number) > (this.activity[b] as number);
  }

  private up(from: number): void {
    const variable = this.items[from] as number;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.items[parent] as number;
      if (!this.isHigher(variable, above)) break;
      this.put(above, at);
      at = parent;
    }
    this.put(variable, at);
  }

  private down(from: number): void {
    const variable = this.items[from] as number;
    let at = from;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= this.size) break;
      const right = left + 1;
      const child =
        right < this.size && this.isHigher(this.items[right] as number, this.items[left] as number) ? right : left;
      const below = this.items[child] as number;
      if (!this.isHigher(below, variable)) break;
      this.put(below, at);
      at = child;
    }
    this.put(variable, at);
  }
}
