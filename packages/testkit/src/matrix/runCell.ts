/**
 * Runs one cell: builds the two domains, moves data between them while everything that must hold is checked, takes
 * them apart, and says what was seen beside what the rules say. Deterministic for a cell, a seed and steps.
 */
import { findCpu } from "@granule/arm";
import { blockPair, type Config, createToolstack, type DomainSetting, drive, type KernelProgram, machineFor, parseConfig, XVDA } from "@granule/granule";
import type { Kernel } from "@granule/guest-sdk";
import { type Domain, DomainsPort, SchedulerPort } from "@granule/hypervisor";
import { createRandom } from "@granule/kit";
import { MachinePort, type Trap } from "@granule/machine";
import { type BlockDisk, memoryDisk, volatileDisk } from "@granule/pv-block";
import { type AnyGranule, type Bytes, GranuleError, type GranuleName, GRANULES, mib, ModelBug, XEN_PAGE } from "@granule/units";
import { checkBalloon } from "./balloonRules.ts";
import { cellId, DEFAULT_CPU, expected } from "./cells.ts";
import { type Checks, createChecks, differs } from "./checks.ts";
import type { Cell, CellResult, Expectation, RunCellOptions } from "./contract.ts";
import { checkAllFree, checkConserved, checkNothingShared } from "./ledgers.ts";
import { checkReach } from "./reach.ts";
import { DISK, scriptOf } from "./script.ts";
import { balloonService, probeDisk } from "./seams.ts";
import { type GrantWatch, markFreeMemory, watchGrants } from "./watchGrants.ts";
import { work } from "./work.ts";

/** RAM of either domain. */
const MEMORY: Bytes = /* @__PURE__ */ mib(2);
/** The first guest is the back end, the second the front end. */
const FRONT_DOMID = 2;
/** Scheduler turns after which a cell is given up; a whole one takes a few thousand. */
const LIMIT = 200_000;

/** What was seen; filled while the cell runs. */
interface Seen {
  ring: "mapped" | "copied" | undefined;
  data: "mapped" | "copied" | undefined;
  unit: Bytes;
  bytesMoved: Bytes;
  exposed: Bytes;
  hypercalls: number;
  time: number;
}

function configOf(cell: Cell, seed: string | number): Config {
  const cpu = findCpu(cell.cpu ?? DEFAULT_CPU);
  const storeG = cell.storeG ?? smallest(cpu?.stage2);
  return parseConfig({
    cpu: cell.cpu ?? DEFAULT_CPU, seed, store: { s1: smallest(cpu?.stage1), g: storeG },
    domains: {
      back: { s1: cell.s1Back, g: cell.gBack, abi: cell.abiBack, memory: MEMORY },
      front: { s1: cell.s1Front, g: cell.gFront, abi: cell.abiFront, memory: MEMORY, ...(cell.fragmented === true ? { fragment: sizeOf(cell.gFront) } : {}) },
    },
  });
}
const smallest = (list: readonly AnyGranule[] = GRANULES): GranuleName => list[0]?.name ?? XEN_PAGE.name;
const sizeOf = (name: GranuleName): Bytes => GRANULES.find((g) => g.name === name)?.size ?? XEN_PAGE.size;

/** Runs it. Never throws: an exception is a failed check. */
export function runCell(cell: Cell, options: RunCellOptions): CellResult {
  const checks = createChecks();
  const seen: Seen = { ring: undefined, data: undefined, unit: 0, bytesMoved: 0, exposed: 0, hypercalls: 0, time: 0 };
  const wanted = expected(cell);
  let outcome: CellResult["outcome"] = "failed";
  try {
    runIn(cell, options, wanted, checks, seen);
    // steps that move nothing show the ring alone
    outcome = seen.data ?? seen.ring ?? "failed";
    checks.note("starts", wanted.outcome === "refused" ? "started on a CPU that lacks a granule" : undefined);
  } catch (error) {
    const isRefused = error instanceof GranuleError && error.code === "GRAN0032";
    if (isRefused) outcome = "refused";
    if (!isRefused || wanted.outcome !== "refused") checks.note("ends", error instanceof Error ? error.message : String(error));
    else checks.note("refused before start", undefined);
  }
  return { id: cellId(cell), cell, seed: options.seed, outcome, ...seen, checks: checks.list(), expected: wanted, passed: checks.isOk };
}

function runIn(cell: Cell, options: RunCellOptions, wanted: Expectation, checks: Checks, seen: Seen): void {
  const config = configOf(cell, options.seed);
  const [backSetting, frontSetting] = config.domains;
  if (backSetting === undefined || frontSetting === undefined) throw new ModelBug("a cell has two domains");
  const machine = machineFor(config, options);
  const tables = machine.get(MachinePort).tables.freeBytes();
  const toolstack = createToolstack(machine, config.store);
  const name = `${options.seed}/${cellId(cell)}`;
  const stored = new Uint8Array(DISK);
  let watch: GrantWatch | undefined;
  const lookAround = (): void => {
    checks.note("reach", checkReach(machine, (granter, ref) => (granter === front.domid ? watch?.rangeOf(ref) : undefined)));
    checks.note("conserved", checkConserved(machine));
  };
  const probe = probeDisk(volatileDisk(memoryDisk(stored), createRandom(`${name}/power`)), lookAround);
  const backBalloon = balloonService((k) => checkBalloon(k, () => back.currentBytes, wanted.balloonBack));

  function* balloon(k: Kernel): Trap<void> {
    checks.note("balloon of the front end", yield* checkBalloon(k, () => front.currentBytes, wanted.balloonFront));
    backBalloon.start();
    for (const vcpu of back.vcpus) machine.get(SchedulerPort).wake(vcpu);
    while (!backBalloon.hasEnded) yield* k.g.pause();
    checks.note("balloon of the back end", backBalloon.why);
    lookAround();
  }
  /** What the connection did, while it stands. */
  const look = (disk: BlockDisk, moved: Bytes, isBallooned: boolean): void => {
    const { connection } = pair.backend;
    seen.ring ??= connection?.ringMode;
    seen.unit ||= connection?.unit ?? 0;
    checks.note("unit", differs("U in bytes", connection?.unit, wanted.unit) ?? differs("U in bytes, at the front end", disk.unit, wanted.unit));
    checks.note("ring", differs("the ring is", connection?.ringMode, wanted.ring));
    // a back end that cannot know its granule learns it from the first data
    if (moved === 0 || isBallooned) return;
    seen.data ??= connection?.dataMode;
    checks.note("data", differs("data is", connection?.dataMode, wanted.data));
  };
  const frontend = cell.forceUnit === undefined ? {} : { forceUnit: cell.forceUnit };
  const pair = blockPair({
    frontDomid: FRONT_DOMID, frontend: options.frontend?.(frontend) ?? frontend,
    backend: { disk: options.disk?.(probe) ?? probe, ...(cell.mode === "baseline" ? { unitMax: 0 } : {}) },
    beside: (k) => [backBalloon.of(k)],
    observe(k) {
      markFreeMemory(k);
      watch = watchGrants(k);
      return watch.kernel;
    },
    work: (k, connect) =>
      work(k, {
        seed: name, steps: options.steps ?? scriptOf(cell, options.seed), checks, stored, look, connect, balloon: () => balloon(k),
        closed(disk) {
          seen.bytesMoved += disk.counters.bytesRequested;
          seen.exposed += disk.counters.bytesExposed - disk.counters.bytesRequested;
          checks.note("nothing shared", checkNothingShared(machine, front, back));
          checks.note("only data is shown", watch?.leak);
          lookAround();
        },
      }),
  });

  const guest = (setting: DomainSetting, main: KernelProgram): Domain =>
    toolstack.createGuest({ name: setting.name, s1: setting.s1, g: setting.g, abi: setting.abi, ram: setting.memory, ...(setting.fragment === undefined ? {} : { fragment: setting.fragment }) }, main);
  const back = guest(backSetting, pair.backProgram);
  const front = guest(frontSetting, pair.frontProgram);
  toolstack.attachBlock({ front, back, device: XVDA });
  try {
    drive(machine, toolstack, [{ name: front.name, pair }], [front, back], { limit: LIMIT });
  } catch (error) {
    // why it came to no end may be seen in what was reached
    lookAround();
    throw error;
  } finally {
    seen.hypercalls = front.counters.get("hypercall") + back.counters.get("hypercall");
    seen.time = machine.now();
  }
  toolstack.destroy(front);
  toolstack.destroy(back);
  machine.get(DomainsPort).destroy(toolstack.storeDomain);
  checks.note("all free at the end", checkAllFree(machine, tables));
  machine.dispose();
}
