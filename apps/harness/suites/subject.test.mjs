// The conformance suites of the parts that a subject has. Run by the harness, in a vitest of its own.
import { describe, it } from "vitest";
import { describeGrantTable } from "@granule/grant-table/conformance";
import { describeWalker } from "@granule/mmu/conformance";
import { describeStore } from "@granule/xenstore/conformance";

const { default: subject } = await import(process.env.GRANULE_SUBJECT);
if (subject.grantTable !== undefined) describeGrantTable({ name: "grant-table", create: subject.grantTable });
if (subject.store !== undefined) describeStore({ name: "xenstore", create: subject.store });
if (subject.walk !== undefined) describe("walker", () => describeWalker({ name: "walker", walk: subject.walk }, it));
