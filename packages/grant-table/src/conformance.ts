/**
 * What every grant-table plugin must do, as tests for vitest: each declared error, the rules for mixed granules, the answers recorded from real Xen,
 * and random sequences against a naive model at every mix of granules. The plugin is driven by hypercalls on the real
 * core; of its own it needs to provide {@link GrantPort} and the two table objects.
 */
import { describe } from "vitest";
import { describeErrors } from "./conformance/errors.ts";
import { describeLife } from "./conformance/life.ts";
import { describeProperties } from "./conformance/properties.ts";
import { describeRecorded } from "./conformance/recorded.ts";
import { describeRules } from "./conformance/rules.ts";
import type { CreateGrants } from "./conformance/testbed.ts";

export interface GrantTableUnderTest {
  /** Part of the tests' names. */
  readonly name: string;
  /** The plugin, with GrantTableConfig's keys that a test needs; others at their defaults. */
  readonly create: CreateGrants;
}

/** Declares the suite. To be called at the top of a test file. */
export function describeGrantTable({ name, create }: GrantTableUnderTest): void {
  describe(name, () => {
    describeErrors(create);
    describeRules(create);
    describeLife(create);
    describeRecorded(create);
    describeProperties(create);
  });
}
export type { CreateGrants } from "./conformance/testbed.ts";
