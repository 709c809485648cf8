/** grant_table_op that kernels on Arm hardly use. Answers as Xen 4.17 shows. Source: xen/include/public/grant_table.h. */
import { type Handler } from "@granule/kit";
import { fail, hex, offsetIn, ok, pa, toNumber, XEN_PAGE } from "@granule/units";
import { C, type V1 } from "@granule/xen-abi";
import { unmapFrame } from "./mapV1.ts";
import { callerState, type Core } from "./shared.ts";
import { entriesOf, type GrantState } from "./state.ts";
import { targetOf } from "./tables.ts";

const FRAME = XEN_PAGE.size;

/** There are no status frames: only asking for none succeeds. */
export const createGetStatusFrames = (core: Core): Handler<typeof V1.grant_get_status_frames> => (caller, a) => {
  const t = targetOf(core, callerState(core, caller), a.dom);
  if (t.found === undefined) return t.denied ? fail("GNTST_permission_denied", `permission: domain ${a.dom} is not the caller`) : fail("GNTST_bad_domain", `domain: ${a.dom} is no domain`);
  return a.nr_frames === 0 ? ok({}) : fail("GNTST_general_error", `frames: ${a.nr_frames}, version 1 has none`);
};

/** Both entries must be unused: a guest is told by the marks when one is not. */
export const createSwapGrantRef = (core: Core): Handler<typeof V1.grant_swap_grant_ref> => (caller, a) => {
  const { v1 } = callerState(core, caller);
  const count = entriesOf(v1);
  if (a.ref_a >= count || a.ref_b >= count) return fail("GNTST_bad_gntref", `reference: ${a.ref_a} and ${a.ref_b}, the table has ${count} entries`);
  if (a.ref_a === a.ref_b) return ok({});
  if (v1.inUse.has(a.ref_a) || v1.inUse.has(a.ref_b)) return fail("GNTST_eagain", `in-use: reference ${a.ref_a} or ${a.ref_b} is mapped`);
  const first = core.memory.bytes(v1.object.at(a.ref_a * v1.entrySize), v1.entrySize);
  const second = core.memory.bytes(v1.object.at(a.ref_b * v1.entrySize), v1.entrySize);
  const kept = first.slice();
  first.set(second);
  second.set(kept);
  return ok({});
};

export const createUnmapAndReplace = (core: Core): Handler<typeof V1.grant_unmap_and_replace> => (caller, a) => {
  const me = callerState(core, caller);
  if (a.new_addr !== 0 && me.handles.get(a.handle) !== undefined) return fail("GNTST_general_error", "new-address: Arm cannot replace");
  return unmapFrame(core, me, a.handle, a.host_addr);
};

export const transfer: Handler<typeof V1.grant_transfer> = () => fail("EOPNOTSUPP", "arm: pages cannot be given away");

/** Operations from here on would be bits of Xen's own. */
const MOST_OPERATIONS = 2 ** 12; // MAGIC: a limit of the operation's number
const COUNT_SIGN = 2 ** 31;
export const other: Handler<typeof V1.grant_other> = (_caller, a) => {
  if (a.count >= COUNT_SIGN) return fail("EINVAL", `count: ${a.count} entries`);
  return a.operation >= MOST_OPERATIONS ? fail("EINVAL", `operation: ${a.operation}`) : fail("ENOSYS", `unknown: operation ${a.operation}`);
};

const { CLEAN, INVAL } = C.GNTTAB_CACHE;
/** Has the domain mapped another's frame at this machine address? */
function hasMapped(s: GrantState, at: number): boolean {
  for (const [, { use }] of s.handles.entries())
    if (use.granter !== s.domain.domid) for (let i = 0; i < use.runs.count; i++) if (at >= (use.runs.at[i] ?? 0) && at < (use.runs.at[i] ?? 0) + (use.runs.size[i] ?? 0)) return true;
  return false;
}
export const createCacheFlush = (core: Core): Handler<typeof V1.grant_cache_flush> => (caller, a) => {
  if (a.offset >= FRAME || a.offset + a.length > FRAME) return fail("EINVAL", `arguments: offset ${a.offset} and length ${a.length} leave a frame of ${FRAME} bytes`);
  if ((a.op & ~(CLEAN | INVAL)) !== 0) return fail("EINVAL", `arguments: operation ${hex(a.op)} is not known here`);
  if (a.length === 0 || a.op === 0) return ok({});
  const { memory } = core;
  const end = toNumber(memory.base) + memory.size;
  if (a.dev_bus_addr < toNumber(memory.base) || a.dev_bus_addr >= end) return fail("EINVAL", `arguments: there is no memory at ${hex(a.dev_bus_addr)}`);
  const frame = toNumber(pa(a.dev_bus_addr - offsetIn(a.dev_bus_addr, FRAME)));
  return hasMapped(callerState(core, caller), frame) ? ok({}) : fail("EPERM", `permission: domain ${caller.domid} has not mapped ${hex(a.dev_bus_addr)} of another domain`);
};
