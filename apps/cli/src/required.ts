/**
 * What tests need of the machine beside Node. GRANULE_REQUIRE, a list with commas, names what must be there: its tests run then
 * in any case, and fail where it is missing; the others run where it is there. Names: qemu; guests (the cache of kernels and the
 * cross compiler); xen (QEMU, and Xen's binary in the cache); chromium, which scripts/consumer.mjs looks at too.
 */
import { spawnSync } from "node:child_process";

type Requirement = "qemu" | "guests" | "xen" | "chromium";

/** Whether tests that need `what` run. */
export const runs = (what: Requirement, isThere: boolean, env: NodeJS.ProcessEnv = process.env): boolean => isThere || (env["GRANULE_REQUIRE"] ?? "").split(",").some((each) => each.trim() === what);

/** Whether a program answers `--version`. */
export const hasProgram = (name: string): boolean => spawnSync(name, ["--version"]).status === 0;
