/** What a generator sees of the moment: who calls, the state to steer by, and values that are likely to do. */
import { type Bytes, toNumber, XEN_PAGE } from "@granule/units";
import { C } from "@granule/xen-abi";
import { ARRAY_OFFSET } from "./issue.ts";
import type { PlanArray } from "./contract.ts";
import type { Dice } from "./dice.ts";
import type { CellKind, Life, Mapping } from "./ledger.ts";
import { type Actor, CONTROL, HOSTILE, NEIGHBOUR, type World } from "./world.ts";

const FRAME: Bytes = XEN_PAGE.size;
/** Tries to find something by chance before giving up. */
const TRIES = 24;
/** Bytes of each hole that calls use mostly, so that things meet. */
const WINDOW_FRAMES = 256;

export interface Scene {
  readonly world: World;
  readonly actor: Actor;
  readonly dice: Dice;
  /** G in bytes. */
  readonly granule: Bytes;
  readonly arrays: PlanArray[];
  /** Own RAM of this size at an address that is a multiple of it (and of G); never the scratch area. */
  ram(size?: Bytes): number | undefined;
  /** An empty range likewise. */
  hole(size?: Bytes): number | undefined;
  /** The IPA of a granule that holds something of this kind. */
  kind(kind: CellKind): number | undefined;
  /** Any address at all, mostly one that means something; `scratch`: how likely one in the scratch area stays. */
  anywhere(scratch?: number): number;
  /** Puts values where a call can point at them; answers the IPA. */
  array(element: 4 | 8, values: readonly (number | bigint)[]): bigint;
  /** Another domain that the actor may be nasty to. */
  peer(): number;
  peerActor(): Actor | undefined;
  /** Own domid or DOMID_SELF; the control domain also names hostile ones. */
  target(): number;
  port(): number;
  mapping(where?: (m: Mapping) => boolean): readonly [number, Mapping] | undefined;
}

export function createScene(world: World, actor: Actor, dice: Dice): Scene {
  const { domain, life } = actor;
  const granule = domain.granule.size;
  const { layout } = domain;
  const arrays: PlanArray[] = [];
  let arrayBytes = 0;
  const ramFrames = layout.ram.size / FRAME;
  const firstRam = actor.scratch / FRAME;
  const windows = [layout.extended, layout.objects, layout.grantTable].map((r) => toNumber(r.start) / FRAME);
  const holds = (first: number, count: number, kind: CellKind | undefined): boolean => {
    for (let f = first; f < first + count; f++) if (life.space.get(f)?.kind !== kind) return false;
    return true;
  };
  const aligned = (f: number, count: number): number => f - (f % count);
  const find = (size: Bytes, kind: CellKind | undefined, where: () => number): number | undefined => {
    const count = Math.max(size, granule) / FRAME;
    for (let i = 0; i < TRIES; i++) {
      const f = aligned(where(), count);
      if (kind === "ram" ? f * FRAME >= actor.scratch + 2 * ARRAY_OFFSET : true) if (holds(f, count, kind)) return f * FRAME;
    }
    return undefined;
  };
  const inRam = (): number => firstRam + dice.below(ramFrames);
  const inWindow = (): number => dice.pick(windows) + dice.below(WINDOW_FRAMES);
  const anyFrame = (): number => (dice.chance(0.5) ? inRam() : inWindow());
  const scene: Scene = {
    world, actor, dice, granule, arrays,
    ram: (size = granule) => find(size, "ram", inRam),
    // first where RAM was given back, so that a domain does not run dry
    hole: (size = granule) => (dice.chance(0.6) ? find(size, undefined, inRam) : undefined) ?? find(size, undefined, inWindow),
    kind: (kind) => {
      const at: number[] = [];
      for (const [f, cell] of life.space) if (cell.kind === kind) at.push(f);
      return at.length === 0 ? undefined : dice.pick(at) * FRAME;
    },
    anywhere(scratch = 0.02) {
      const at = dice.chance(0.85) ? anyFrame() * FRAME : Number(BigInt.asUintN(41, dice.u64()));
      const isScratch = at >= actor.scratch && at < actor.scratch + 2 * ARRAY_OFFSET;
      return isScratch && !dice.chance(scratch) ? at + 2 * ARRAY_OFFSET : at;
    },
    array(element, values) {
      const at = actor.scratch + ARRAY_OFFSET + arrayBytes;
      arrays.push({ at, element, values });
      arrayBytes += element * values.length + (element * values.length) % 8;
      return BigInt(at);
    },
    peer: () => (actor.role === "hostile" ? dice.pick([...HOSTILE, ...HOSTILE, NEIGHBOUR, CONTROL]) : dice.pick(HOSTILE)),
    peerActor: () => world.get(scene.peer()),
    target: () => (actor.role === "control" ? dice.pick([...HOSTILE, C.DOMID_SELF]) : dice.pick([C.DOMID_SELF, domain.domid])),
    port: () => (actor.ports.length > 0 ? dice.pick(actor.ports) : 1),
    mapping(where = () => true) {
      const list = [...life.mappings].filter(([, m]) => where(m));
      return list.length === 0 ? undefined : dice.pick(list);
    },
  };
  return scene;
}

export const lifeOf = (w: World, actor: Actor, domid: number): Life | undefined => (domid === C.DOMID_SELF ? actor.life : w.get(domid)?.life);
