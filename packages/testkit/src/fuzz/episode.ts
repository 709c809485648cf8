/** One episode: a fresh machine, its steps in order, and everything that is checked on the way. */
import { findGranule, type GranuleName, XEN_PAGE } from "@granule/units";
import { C, codeNumber } from "@granule/xen-abi";
import { APPLY_MEMORY, numberOf } from "./apply.ts";
import { APPLY_GRANTS } from "./applyGrants.ts";
import { APPLY_RARE, DONE_IN_PART } from "./applyRare.ts";
import { createChecks } from "./check.ts";
import { type FuzzSettings, type Plan, type PlanAnswer, Violation } from "./contract.ts";
import { createDice } from "./dice.ts";
import { flavourOf } from "./flavours.ts";
import { issue, issueRaw, poke } from "./issue.ts";
import { COME_TO_NOTHING } from "./recipesRare.ts";
import { runRings } from "./rings.ts";
import { createScene } from "./scene.ts";
import { type Action, chooseAction, describeAction } from "./step.ts";
import { type Actor, CONTROL, createWorld, HOSTILE, type World } from "./world.ts";

/** Steps between two walks of all tables. */
const WALK_EVERY = 64;
/** Of the refused calls of ABI v2, one in this many is compared in full: the comparison costs more than the call. */
const COMPARE_EVERY = 4;
const PING_EVERY = 8;
/** In one episode of these another machine goes on after this step, loaded from what the first one saved. It costs as much as hundreds of steps. */
const RESTORE_EVERY = 3;
const RESTORE_AFTER = 230;
/** Number of an episode's first step in the whole run: coprime to the number of rows that are aimed at in turn. */
const STRIDE = 401;
/** Steps of the control domain, of a hundred. */
const CONTROL_SHARE = 14;

export interface Tally {
  readonly succeeded: Map<string, number>;
  readonly rows: Map<string, number>;
  calls: number;
  walks: number;
  leaves: number;
  compared: number;
}
export const createTally = (): Tally => ({ succeeded: new Map(), rows: new Map(), calls: 0, walks: 0, leaves: 0, compared: 0 });
const bump = (m: Map<string, number>, key: string): void => void m.set(key, (m.get(key) ?? 0) + 1);

export interface EpisodeResult {
  /** Undefined: all held. */
  readonly broken: { readonly property: string; readonly why: string; readonly step: number } | undefined;
  /** A line a step, when asked for. */
  readonly trace: readonly string[];
}
export interface EpisodeOptions {
  readonly seed: string;
  readonly episode: number;
  /** Numbers of the steps to take, ascending. */
  readonly steps: readonly number[];
  readonly granule: GranuleName | undefined;
  readonly tally?: Tally;
  readonly withTrace?: boolean;
  readonly alter?: FuzzSettings["alter"];
}

/** Codes of one call and what each declared row is called. */
function rowOf(plan: Plan, code: number): string | undefined {
  const { errors, abi } = plan.descriptor;
  const matching = errors.filter((e) => codeNumber(e.code) === code);
  const row = matching.find((e) => e.rule === plan.aim) ?? (matching.length === 1 ? matching[0] : undefined);
  if (matching.length === 0) throw new Violation("undeclared", `${plan.key} answers ${code}, which no row of its table declares`);
  return row === undefined ? undefined : `v${abi} ${plan.key.slice(3)} ${row.code} ${row.rule}`;
}
const COUNTS: readonly string[] = ["v1.populate_physmap", "v1.decrease_reservation", "v1.increase_reservation"];
/** The codes that an answer holds; empty: it did what was asked. */
function codesOf(plan: Plan, answer: PlanAnswer): readonly number[] {
  if (answer.x0 < 0) return [answer.x0];
  return answer.out.flatMap((o) => (numberOf(o, "status") < 0 && plan.descriptor.fields["status"]?.dir === "status" ? [numberOf(o, "status")] : []));
}
function count(plan: Plan, answer: PlanAnswer, codes: readonly number[], tally: Tally | undefined): void {
  const rows = codes.map((code) => rowOf(plan, code));
  if (tally === undefined) return;
  for (const row of rows) if (row !== undefined) bump(tally.rows, row);
  if (COUNTS.includes(plan.key)) {
    if (plan.bufferAt !== undefined && answer.x0 === 0) bump(tally.rows, `v1 ${plan.key.slice(3)} EFAULT buffer`);
    if (answer.x0 > numberOf(plan.elements[0], "start")) bump(tally.succeeded, plan.key);
  } else if (answer.x0 >= 0 && codes.length < Math.max(1, answer.out.length)) bump(tally.succeeded, plan.key);
}

/** Keeps what later steps steer by. */
function remember(w: World, actor: Actor, plan: Plan, answer: PlanAnswer): void {
  const [args] = plan.elements;
  const [out] = answer.out;
  if (answer.x0 !== 0 || args === undefined || out === undefined) return;
  const port = numberOf(out, "port") + numberOf(out, "local_port");
  if (/event_(alloc|bind_i|bind_v[^c])/.test(plan.key) && port > 0) {
    actor.ports.push(port);
    if (actor.ports.length > 24) actor.ports.shift();
  }
  if (plan.key.endsWith("alloc_unbound")) {
    actor.offers.push({ port, to: plan.key.startsWith("v1") ? numberOf(args, "remote_dom") : numberOf(args, "remote") });
    if (actor.offers.length > 16) actor.offers.shift();
  }
  if (plan.key.endsWith("close")) actor.ports.splice(0, actor.ports.length, ...actor.ports.filter((p) => p !== numberOf(args, "port")));
  if (plan.key === "v2.reset" || plan.key === "v1.event_reset") {
    const whose = plan.key === "v2.reset" || numberOf(args, "dom") === C.DOMID_SELF ? actor : w.get(numberOf(args, "dom"));
    whose?.ports.splice(0);
    whose?.offers.splice(0);
  }
}

export function runEpisode(o: EpisodeOptions): EpisodeResult {
  const trace: string[] = [];
  const tally = o.tally;
  let step = -1;
  try {
    if (flavourOf(o.episode).name === "rings") {
      runRings({ ...o, granule: o.granule === undefined ? undefined : findGranule(o.granule) }, (n, what) => {
        step = n;
        if (o.withTrace === true) trace.push(`step ${n}: ${what}`);
      });
      return { broken: undefined, trace };
    }
    const w = createWorld(o.episode, o.granule);
    o.alter?.(w.machine);
    let checks = createChecks(w);
    const walk = (): void => {
      const leaves = checks.walk();
      if (tally === undefined) return;
      tally.walks++;
      tally.leaves += leaves;
    };
    /** What every domain sees is the same in the machine that goes on. */
    const restore = (): void => {
      const digests = (): readonly string[] => Array.from(w.actors.values(), checks.digest);
      const before = digests();
      w.restore();
      o.alter?.(w.machine);
      checks = createChecks(w, checks.port);
      digests().forEach((after, i) => {
        if (after !== before[i]) throw new Violation("snapshot", `the snapshot has changed ${difference(before[i] ?? "", after)}`);
      });
      walk();
    };
    const call = (actor: Actor, plan: Plan, compares: boolean): string => {
      // where the structure itself lies in registered memory, writing it changes what the comparison sees
      const isApart = (actor.life.space.get(actor.scratch / XEN_PAGE.size)?.token.pins ?? 0) === 0;
      const mustNot = COME_TO_NOTHING.includes(plan.key);
      const before = compares && isApart && (plan.descriptor.abi === 2 || mustNot) ? checks.digest(actor) : undefined;
      const answer = issue(w, actor, plan);
      if (tally !== undefined) tally.calls++;
      if (answer === undefined) {
        if (tally !== undefined) bump(tally.succeeded, plan.key);
        return actor.domain.state === "running" ? "waited" : `ended: ${actor.domain.state} ${actor.domain.reason}`;
      }
      const codes = codesOf(plan, answer);
      count(plan, answer, codes, tally);
      // a structure that could not be read has done nothing
      if (plan.bufferAt === undefined) {
        const apply = APPLY_MEMORY[plan.key] ?? APPLY_GRANTS[plan.key] ?? APPLY_RARE[plan.key];
        if (answer.x0 >= 0 || DONE_IN_PART.includes(plan.key) || (plan.descriptor.abi === 2 && plan.descriptor.buffer?.list !== undefined)) apply?.({ world: w, actor, plan, answer });
        remember(w, actor, plan, answer);
      }
      const isNothingDone = codes.length > 0 && (plan.descriptor.buffer?.list === undefined || (answer.x0 < 0 ? answer.x1 === 0 : codes.length === plan.elements.length));
      if (before !== undefined && (isNothingDone || mustNot)) {
        if (tally !== undefined) tally.compared++;
        const after = checks.digest(actor);
        if (after !== before) throw new Violation("error-changes", `${plan.key} answers ${codes.join(", ") || answer.x0} and has changed ${difference(before, after)}`);
      }
      return `x0 ${answer.x0}${codes.length > 0 && answer.x0 >= 0 ? ` status ${codes.join(" ")}` : ""}`;
    };
    const act = (actor: Actor, action: Action, compares: boolean): string => {
      if (action.kind === "call") return call(actor, action.plan, compares);
      if (action.kind === "raw") {
        const x0 = issueRaw(w, actor, action.nr, action.x, action.imm);
        return x0 === undefined ? `ended: ${actor.domain.state} ${actor.domain.reason}` : `x0 ${x0}`;
      }
      const isDone = poke(w, actor, action.at, action.bytes);
      if (isDone && action.grant !== undefined) {
        actor.granted.push(action.grant);
        if (actor.granted.length > 24) actor.granted.shift();
      }
      return isDone ? "written" : "nothing is mapped there";
    };
    for (step of o.steps) {
      const dice = createDice(`${o.seed}/${o.episode}/${step}`);
      const domid = dice.below(100) < CONTROL_SHARE ? CONTROL : dice.pick(HOSTILE);
      const actor = w.get(domid) ?? w.begin(domid);
      if (actor === undefined) continue;
      const action = chooseAction(createScene(w, actor, dice), o.episode * STRIDE + step);
      const line = o.withTrace === true ? `step ${step}: domain ${domid} (${actor.role}, G ${actor.granule.name}) ${describeAction(action)}` : "";
      if (o.withTrace === true) trace.push(line);
      const outcome = act(actor, action, step % COMPARE_EVERY === 0);
      if (o.withTrace === true) trace[trace.length - 1] = `${line} -> ${outcome}`;
      for (const a of Array.from(w.actors.values())) if (a.role !== "neighbour" && a.domain.state !== "running") w.end(a);
      checks.step();
      if (step % PING_EVERY === 0) checks.ping();
      if (step % WALK_EVERY === WALK_EVERY - 1) walk();
      if (o.episode % RESTORE_EVERY === 1 && step === RESTORE_AFTER) restore();
    }
    walk();
    return { broken: undefined, trace };
  } catch (e) {
    const error = e instanceof Error ? e : new Error(String(e));
    const property = e instanceof Violation ? e.property : "exception";
    return { broken: { property, why: e instanceof Violation ? e.message : `${error.name}: ${error.message}\n${(error.stack ?? "").split("\n").slice(1, 6).join("\n")}`, step }, trace };
  }
}

/** The first key whose values differ. */
function difference(before: string, after: string): string {
  const a: unknown = JSON.parse(before);
  const b: unknown = JSON.parse(after);
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) return "everything";
  const was = new Map(Object.entries(a));
  for (const [key, value] of Object.entries(b)) {
    const x = JSON.stringify(was.get(key));
    const y = JSON.stringify(value);
    if (x !== y) return `${key}: ${clip(x, y)} -> ${clip(y, x)}`;
  }
  return "nothing";
}
const SHOWN = 120;
/** The part around the first difference. */
function clip(text: string, other: string): string {
  let i = 0;
  while (i < text.length && text[i] === other[i]) i++;
  return text.slice(Math.max(0, i - 20), i + SHOWN);
}
