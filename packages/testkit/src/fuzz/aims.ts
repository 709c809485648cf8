// TABLE: arguments that break one rule that a handler checks.
/** For rows of `errors` that a handler answers and that garbage does not find: what to ask. Undefined: not possible now. */
import type { Recipe } from "./recipes.ts";

export const AIMS: Readonly<Record<string, Readonly<Record<string, Recipe>>>> = {};
