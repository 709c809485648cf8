/** The wrong unit: a front end that shares by 16 KiB, whatever the back end prefers. Red where the rules say another U. */
import type { Alteration } from "@granule/testkit";
import { kib } from "@granule/units";

export default { frontend: (options) => ({ ...options, forceUnit: kib(16) }) } satisfies Alteration;
