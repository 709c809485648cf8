/** The ledger and memory without an address, and resources of other domains that the control domain maps. Source: xen/include/public/memory.h. */
import { type Bytes, XEN_PAGE } from "@granule/units";
import { C, codeNumber } from "@granule/xen-abi";
import { type Applied, type Apply, numberOf, TABLE_V1, targetOf, valuesOf, wrong } from "./apply.ts";

const FRAME: Bytes = XEN_PAGE.size;

/** Frames of the table go over whatever was there, up to the first that cannot be mapped. */
function acquire(a: Applied): void {
  const [args] = a.plan.elements;
  const frames = valuesOf(a, args?.["frame_list"]);
  if (a.answer.x0 !== 0 && a.answer.x0 !== codeNumber("EIO")) return;
  if (a.actor.role !== "control") throw wrong(a, "permission", "mapped a resource without being privileged");
  const from = a.world.get(numberOf(args, "domid"))?.life;
  if (from === undefined || from === a.actor.life) throw wrong(a, "domain", `mapped a resource of domain ${numberOf(args, "domid")}`);
  const { life, domain } = a.actor;
  // without a list it is asked for its size alone
  if (frames.length > 0 && (life.granule !== FRAME || numberOf(args, "type") !== C.XENMEM_resource.grant_table)) throw wrong(a, "over-exposure", `mapped frames with a granule of ${life.granule} bytes`);
  for (const [i, gfn] of frames.slice(0, numberOf(args, "nr_frames")).entries()) {
    if (!(gfn * FRAME < domain.p2m.ipaLimit)) return;
    a.world.ledger.set(life, gfn, { kind: "foreign", token: a.world.ledger.objectToken(from, TABLE_V1, numberOf(args, "frame") + i) });
  }
}

export const APPLY_RARE: Readonly<Record<string, Apply>> = {
  "v1.increase_reservation": (a) => {
    const [args] = a.plan.elements;
    const done = a.answer.x0 - numberOf(args, "start");
    // a structure that could not be read
    if (done <= 0) return;
    a.world.ledger.addUnreachable(targetOf(a), done * 2 ** numberOf(args, "extent_order"));
  },
  "v1.acquire_resource": acquire,
};
/** What has changed something when it answers an error. */
export const DONE_IN_PART: readonly string[] = ["v1.acquire_resource"];
