/** A literal: 2 x variable, plus 1 where it is negated. Variables count from 0. */
export type Literal = number;
export type Clause = readonly Literal[];

export function negated(literal: Literal): Literal {
  return literal ^ 1;
}

/** The truth of every variable; undefined where any will do. */
export type Model = readonly (boolean | undefined)[];

/**
 * What a call of `solve` found. `satisfiable` comes with a model; `unsatisfiable` with a clause of
 * negated assumptions that follows from the clauses alone (empty where no assumption is to blame).
 */
export type Verdict =
  | { readonly is: 'satisfiable'; readonly model: Model }
  | { readonly is: 'unsatisfiable'; readonly core: Clause }
  | { readonly is: 'undecided'; readonly conflicts: number };

const unassigned = -1;

/**
 * Conflict-driven clause learning (Marques-Silva and Sakallah 1996; two watched literals and activities after Chaff and
 * MiniSat), incremental under assumptions. Every clause it learns is kept in `lemmas`, in order, each following by unit
 * propagation from the clauses and lemmas before it, so that `rup` can check an answer without trusting this code.
 */
export class Solver {
  readonly clauses: Clause[] = [];
  readonly lemmas: Clause[] = [];
  private readonly database: number[][] = [];
  /** For each literal, the clauses that watch it. */
  private readonly watches: number[][] = [];
  /** Per variable: 1 true, 0 false, -1 unassigned. */
  private readonly value: number[] = [];
  private readonly level: number[] = [];
  private readonly reason: number[] = [];
  private readonly phase: number[] = [];
  private readonly activity: number[] = [];
  private readonly trail: Literal[] = [];
  private readonly levelStarts: number[] = [];
  private readonly heap = new ActivityHeap(this.activity);
  private readonly passedOver: number[] = [];
  private scope: ReadonlySet<number> | undefined;
  private propagated = 0;
  private increment = 1;
  private isContradictory = false;

  newVariable(): number {
    const variable = this.value.length;
    this.value.push(unassigned);
    this.level.push(0);
    this.reason.push(-1);
    this.phase.push(0);
    this.activity.push(0);
    this.watches.push([], []);
    this.heap.insert(variable);
    return variable;
  }

  get variableCount(): number {
    return this.value.length;
  }

  /** Adds a clause; may be called between calls of `solve`. */
  add(literals: Clause): void {
    this.clauses.push(literals);
    this.cancelTo(0);
    const unique = [...new Set(literals)];
    if (unique.some((literal) => unique.includes(negated(literal)) || this.literalValue(literal) === 1)) return;
    const open = unique.filter((literal) => this.literalValue(literal) === unassigned);
    const [only] = open;
    if (only === undefined) this.isContradictory = true;
    else if (open.length > 1) this.watch(open);
    else {
      this.assign(only, -1);
      if (this.propagate() >= 0) this.isContradictory = true;
    }
  }

  /**
   * Decides the clauses under assumptions; gives up after `conflictLimit` conflicts. With a `scope` only its variables are
   * decided: the caller vouches that any assignment of them without conflict can be extended to all.
   */
  solve(assumptions: Clause, conflictLimit: number, scope?: ReadonlySet<number>): Verdict {
    const verdict = this.solveWithin(assumptions, conflictLimit, scope);
    for (const variable of this.passedOver) this.heap.insert(variable);
    this.passedOver.length = 0;
    return verdict;
  }

  private solveWithin(assumptions: Clause, conflictLimit: number, scope: ReadonlySet<number> | undefined): Verdict {
    this.cancelTo(0);
    this.scope = scope;
    let conflicts = 0;
    for (let restart = 1; ; restart += 1) {
      const budget = Math.min(100 * luby(restart), conflictLimit - conflicts);
      const found = this.search(assumptions, budget);
      if (found !== undefined) return found;
      conflicts += budget;
      if (conflicts >= conflictLimit) return { is: 'undecided', conflicts };
    }
  }

  private search(assumptions: Clause, budget: number): Verdict | undefined {
    if (this.isContradictory) return { is: 'unsatisfiable', core: [] };
    for (let conflicts = 0; ; ) {
      const conflict = this.propagate();
      if (conflict >= 0) {
        conflicts += 1;
        if (this.levelStarts.length === 0) {
          this.isContradictory = true;
          this.lemmas.push([]);
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
      if (decision === undefined) {
        return {
          is: 'satisfiable',
          model: this.value.map((value) => (value === unassigned ? undefined : value === 1)),
        };
      }
      this.levelStarts.push(this.trail.length);
      this.assign(decision, -1);
    }
  }

  /** The next assumption that is still open, or what follows where one is already false. */
  private nextAssumption(assumptions: Clause): Literal | Verdict | undefined {
    while (this.levelStarts.length < assumptions.length) {
      const literal = assumptions[this.levelStarts.length] as Literal;
      const value = this.literalValue(literal);
      if (value === unassigned) return literal;
      if (value === 0) {
        const core = this.blame(negated(literal));
        this.lemmas.push(core);
        return { is: 'unsatisfiable', core };
      }
      this.levelStarts.push(this.trail.length);
    }
    return undefined;
  }

  private literalValue(literal: Literal): number {
    const value = this.value[literal >> 1] as number;
    return value === unassigned ? unassigned : value ^ (literal & 1);
  }

  private assign(literal: Literal, reason: number): void {
    const variable = literal >> 1;
    this.value[variable] = (literal & 1) ^ 1;
    this.level[variable] = this.levelStarts.length;
    this.reason[variable] = reason;
    this.trail.push(literal);
  }

  private watch(literals: number[]): number {
    const index = this.database.push(literals) - 1;
    this.watches[literals[0] as Literal]?.push(index);
    this.watches[literals[1] as Literal]?.push(index);
    return index;
  }

  /** Unit propagation; the index of a clause that is false, or -1. */
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
    const watchers = this.watches[falsified] as number[];
    let kept = 0;
    for (let at = 0; at < watchers.length; at += 1) {
      const index = watchers[at] as number;
      const clause = this.database[index] as number[];
      if (clause[0] === falsified) {
        clause[0] = clause[1] as Literal;
        clause[1] = falsified;
      }
      const first = clause[0] as Literal;
      const firstValue = this.literalValue(first);
      if (firstValue !== 1 && this.moveWatch(clause, index)) continue;
      watchers[kept] = index;
      kept += 1;
      if (firstValue === 1) continue;
      if (firstValue === 0) {
        while (++at < watchers.length) watchers[kept++] = watchers[at] as number;
        watchers.length = kept;
        return index;
      }
      this.assign(first, index);
    }
    watchers.length = kept;
    return -1;
  }

  /** Watches another literal of the clause that is not false, where there is one. */
  private moveWatch(clause: number[], index: number): boolean {
    for (let other = 2; other < clause.length; other += 1) {
      const literal = clause[other] as Literal;
      if (this.literalValue(literal) === 0) continue;
      clause[other] = clause[1] as Literal;
      clause[1] = literal;
      this.watches[literal]?.push(index);
      return true;
    }
    return false;
  }

  /** Learns the clause of the first unique implication point and goes back to where it is a unit. */
  private learn(conflict: number): void {
    const lemma = this.analyze(conflict);
    this.lemmas.push(lemma);
    const back = lemma.slice(1).reduce((level, literal) => Math.max(level, this.level[literal >> 1] as number), 0);
    this.cancelTo(back);
    const [unit] = lemma as [Literal];
    if (lemma.length === 1) this.assign(unit, -1);
    else {
      const deepest = lemma.findIndex((literal, at) => at > 0 && this.level[literal >> 1] === back);
      const clause = [...lemma];
      [clause[1], clause[deepest]] = [clause[deepest] as Literal, clause[1] as Literal];
      this.assign(unit, this.watch(clause));
    }
    this.increment *= 1.05;
    if (this.increment > 1e100) this.rescale();
  }

  private analyze(conflict: number): Clause {
    const seen = new Set<number>();
    const lower: Literal[] = [];
    const current = this.levelStarts.length;
    let open = 0;
    let at = this.trail.length - 1;
    let literal: Literal | undefined;
    let clause = this.database[conflict] as number[];
    for (;;) {
      for (const each of clause) {
        const variable = each >> 1;
        if (each === literal || seen.has(variable) || this.level[variable] === 0) continue;
        seen.add(variable);
        this.bump(variable);
        if (this.level[variable] === current) open += 1;
        else lower.push(each);
      }
      while (!seen.has((this.trail[at] as Literal) >> 1)) at -= 1;
      literal = this.trail[at] as Literal;
      at -= 1;
      open -= 1;
      if (open === 0) break;
      clause = this.database[this.reason[literal >> 1] as number] as number[];
    }
    return [negated(literal), ...lower.filter((each) => !this.isImplied(each, seen))];
  }

  /** True where the other literals of the lemma already say it. */
  private isImplied(literal: Literal, seen: ReadonlySet<number>): boolean {
    const reason = this.reason[literal >> 1] as number;
    if (reason < 0) return false;
    const clause = this.database[reason] as number[];
    return clause.every((each) => each === negated(literal) || this.level[each >> 1] === 0 || seen.has(each >> 1));
  }

  /** The negated assumptions that make `literal` true, as a clause with `literal`. */
  private blame(literal: Literal): Clause {
    const core = new Set<Literal>([literal]);
    const seen = new Set<number>([literal >> 1]);
    for (let at = this.trail.length - 1; at >= 0; at -= 1) {
      const each = this.trail[at] as Literal;
      const variable = each >> 1;
      if (!seen.has(variable) || this.level[variable] === 0) continue;
      const reason = this.reason[variable] as number;
      if (reason < 0) core.add(negated(each));
      else for (const other of this.database[reason] as number[]) seen.add(other >> 1);
    }
    if (this.level[literal >> 1] === 0) return [literal];
    return [...core];
  }

  private bump(variable: number): void {
    this.activity[variable] = (this.activity[variable] as number) + this.increment;
    this.heap.raise(variable);
  }

  private rescale(): void {
    for (let variable = 0; variable < this.activity.length; variable += 1) {
      this.activity[variable] = (this.activity[variable] as number) * 1e-100;
    }
    this.increment *= 1e-100;
  }

  private decide(): Literal | undefined {
    for (let variable = this.heap.take(); variable !== undefined; variable = this.heap.take()) {
      if (this.value[variable] !== unassigned) continue;
      if (this.scope && !this.scope.has(variable)) this.passedOver.push(variable);
      else return 2 * variable + ((this.phase[variable] as number) ^ 1);
    }
    return undefined;
  }

  private cancelTo(level: number): void {
    if (this.levelStarts.length <= level) return;
    const start = this.levelStarts[level] as number;
    for (let at = this.trail.length - 1; at >= start; at -= 1) {
      const variable = (this.trail[at] as Literal) >> 1;
      this.phase[variable] = this.value[variable] as number;
      this.value[variable] = unassigned;
      this.heap.insert(variable);
    }
    this.trail.length = start;
    this.levelStarts.length = level;
    this.propagated = Math.min(this.propagated, start);
  }
}

/** 1 1 2 1 1 2 4 ... (Luby, Sinclair and Zuckerman 1993). `index` counts from 1. */
export function luby(index: number): number {
  let power = 1;
  while (power < index + 1) power *= 2;
  return power === index + 1 ? power / 2 : luby(index - power / 2 + 1);
}

/** Variables by activity, the most active first. */
class ActivityHeap {
  private readonly activity: readonly number[];
  private readonly items: number[] = [];
  /** Where each variable stands in `items`, or -1. */
  private readonly place: number[] = [];

  constructor(activity: readonly number[]) {
    this.activity = activity;
  }

  insert(variable: number): void {
    if ((this.place[variable] ?? -1) >= 0) return;
    this.place[variable] = this.items.push(variable) - 1;
    this.up(this.items.length - 1);
  }

  raise(variable: number): void {
    const at = this.place[variable] ?? -1;
    if (at >= 0) this.up(at);
  }

  take(): number | undefined {
    const [top] = this.items;
    const last = this.items.pop();
    if (top === undefined || last === undefined) return undefined;
    this.place[top] = -1;
    if (top !== last) {
      this.put(last, 0);
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
      if (left >= this.items.length) break;
      const right = left + 1;
      const child =
        right < this.items.length && this.isHigher(this.items[right] as number, this.items[left] as number)
          ? right
          : left;
      const below = this.items[child] as number;
      if (!this.isHigher(below, variable)) break;
      this.put(below, at);
      at = child;
    }
    this.put(variable, at);
  }
}
