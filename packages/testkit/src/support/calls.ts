/** The tables of hypercalls: each probe at each G, first with 4096 bytes, then with a whole granule. */
import { type AnyGranule, type Bytes, GRANULE_4K, GRANULES, ModelBug, XEN_PAGE } from "@granule/units";
import { codeNumber, type Hypercall, V1, V2 } from "@granule/xen-abi";
import type { Outcome, Probe, SupportRow, SupportTable } from "./contract.ts";
import { PROBES_V1 } from "./probesV1.ts";
import { PROBES_V2 } from "./probesV2.ts";
import { createProbeWorld, NOT_THERE, type Personality } from "./world.ts";

const REAL: Personality = "xen-4.17";

function run(d: Hypercall, probe: Probe, granule: AnyGranule, personality: Personality, unit: Bytes): Outcome {
  const world = createProbeWorld(granule, personality);
  try {
    return probe.run(world, unit);
  } catch (error) {
    // where the whole ABI is not there, no call can be prepared
    const bare = world.self.driver.raw(BigInt(d.nr), [BigInt(d.op ?? 0), 0n, 0n, 0n]);
    if (error instanceof ModelBug && bare === codeNumber("ENOSYS")) return NOT_THERE;
    throw error;
  }
}

/** The status of one probe at one G. */
export function statusOf(d: Hypercall, probe: Probe, granule: AnyGranule, personality: Personality): string {
  const small = run(d, probe, granule, personality, XEN_PAGE.size);
  if (small === "done") return "Supported";
  if (small === NOT_THERE) return "Not there";
  if (granule.size !== XEN_PAGE.size && run(d, probe, granule, personality, granule.size) === "done") return `Supported, multiples of G (else ${small})`;
  return `Refused (${small})`;
}

const nameOf = (key: string, d: Hypercall, use: string): string => `\`${key}\`${d.name === key || !/^[A-Z]/.test(d.name) ? "" : `, ${d.name}`}${use === "" ? "" : `: ${use}`}`;
function rows(calls: Readonly<Record<string, Hypercall>>, probes: Readonly<Record<string, readonly Probe[]>>): SupportRow[] {
  return Object.entries(calls).flatMap(([key, d]) =>
    (probes[key] ?? []).map((probe) => ({
      what: nameOf(key, d, probe.use),
      statuses: [...GRANULES.map((g) => statusOf(d, probe, g, "granule")), statusOf(d, probe, GRANULE_4K, REAL)],
    })),
  );
}
const COLUMNS = [...GRANULES.map((g) => `G = ${g.name}`), `as ${REAL}, G = ${GRANULE_4K.name}`];
const ABOUT = "Each call is made by a guest, through registers, guest memory and the trap, in a world of its own: first with 4096 bytes where it takes memory, then with a whole granule.";

export const callTables = (): readonly SupportTable[] => [
  { title: "Hypercalls, ABI v1", about: ABOUT, what: "call", columns: COLUMNS, rows: rows(V1, PROBES_V1) },
  { title: "Hypercalls, ABI v2", about: ABOUT, what: "call", columns: COLUMNS, rows: rows(V2, PROBES_V2) },
];
