/**
 * Random scripts of hypercalls: steps that mostly make sense in the state that their domain is believed to be in. The belief may be wrong;
 * what real Xen answers decides.
 */
import type { Dice } from "../../fuzz/dice.ts";
import type { Belief } from "./belief.ts";

/** What one domain does at once: an operation, what prepares it, and what shows its effect. */
export interface RandomStep {
  /** The domain's letter. */
  readonly tag: string;
  /** Lines of the script's language. */
  readonly lines: readonly string[];
}
/** "alone": one domain, whose steps need no turns; "turns": three domains, of which one at a time runs. */
export type RandomKind = "alone" | "turns";
export interface RandomScript {
  readonly seed: string;
  readonly kind: RandomKind;
  readonly steps: readonly RandomStep[];
  /** The script's text, with all steps or with some of them. */
  text(steps?: readonly RandomStep[]): string;
}

/** Who makes a step. */
export interface Turn {
  readonly dice: Dice;
  readonly me: Belief;
  readonly all: readonly Belief[];
}
/** Makes a step's lines; undefined: it makes no sense now. */
export interface Move {
  /** How often, against other moves. */
  readonly weight: number;
  make(turn: Turn): readonly string[] | undefined;
}
