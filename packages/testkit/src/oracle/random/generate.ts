/** From a seed to a script. */
import { createDice, type Dice } from "../../fuzz/dice.ts";
import { createBelief, GRANT_AREA, place, type Belief } from "./belief.ts";
import type { Move, RandomKind, RandomScript, RandomStep } from "./contract.ts";
import { EVENT_MOVES } from "./eventMoves.ts";
import { GRANT_MOVES } from "./grantMoves.ts";
import { MEMORY_MOVES } from "./memoryMoves.ts";
import { OTHER_MOVES } from "./otherMoves.ts";
import { aloneText, turnsText } from "./text.ts";

const MOVES: readonly Move[] = [...MEMORY_MOVES, ...EVENT_MOVES, ...GRANT_MOVES, ...OTHER_MOVES];
const TOTAL = MOVES.reduce((sum, m) => sum + m.weight, 0);
const TAGS = ["A", "B", "C"] as const;
/** The longest turn, in steps. */
const TURN = 12;
/** The owner of the page that tells whose turn it is. */
const OWNER = 1;

function someMove(dice: Dice): Move {
  const fine = 1000;
  let left = dice.below(TOTAL * fine) / fine;
  for (const m of MOVES) if ((left -= m.weight) < 0) return m;
  return dice.pick(MOVES);
}
/** Lines of one step; a move that makes no sense now gives way to another. */
function step(dice: Dice, me: Belief, all: readonly Belief[]): readonly string[] {
  for (;;) {
    const lines = someMove(dice).make({ dice, me, all });
    if (lines !== undefined && lines.length > 0) return lines;
  }
}
/** What the beginning of the text gives every domain: its first grant frame, and of "turns" the channels and the mapping of the gate. */
function begin(b: Belief, isShared: boolean): Belief {
  const [first = 0] = GRANT_AREA;
  place(b, first, "grant-frame");
  b.table = first;
  if (!isShared) return b;
  if (b.domid === OWNER) {
    b.ports.set(1, { kind: "interdomain", domid: 2, port: 1 });
    b.ports.set(2, { kind: "interdomain", domid: 3, port: 1 });
  } else {
    b.ports.set(1, { kind: "interdomain", domid: OWNER, port: b.domid - 1 });
  }
  return b;
}

/**
 * The script of a seed: `operations` steps, each of one hypercall or more. "alone" has one domain; "turns" three, which may do what they
 * like with each other's grants and event channels.
 */
export function randomScript(seed: string, kind: RandomKind, operations: number): RandomScript {
  const dice = createDice(`oracle/${kind}/${seed}`);
  const all = TAGS.slice(0, kind === "alone" ? 1 : TAGS.length).map((tag, i) => begin(createBelief(tag, i + 1), kind === "turns"));
  const steps: RandomStep[] = [];
  while (steps.length < operations) {
    const me = dice.pick(all);
    const length = Math.min(1 + dice.below(TURN), operations - steps.length);
    for (let i = 0; i < length; i++) steps.push({ tag: me.tag, lines: step(dice, me, all) });
  }
  const tags = all.map((b) => b.tag);
  return { seed, kind, steps, text: (some = steps) => (kind === "alone" ? aloneText(tags, some) : turnsText(tags, some)) };
}
