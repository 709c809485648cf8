/**
 * The hypervisor core: domains with real stage 2 tables, who owns which machine frame, guest memory as hypercalls see
 * it, objects of the hypervisor that guests place in their address space, and the scheduler. Everything else (events,
 * grants, balloon, vcpu areas) is a plugin on these ports.
 */
import { eventHook, handledHook, port, selectorHook, setupHook, type Caller } from "@granule/kit";
import type { Engine, EngineFactory, VcpuRegs, AbortInfo, Translator } from "@granule/machine";
import { type AnyGranule, type Bytes, type Ipa, ipa, type Pa, type Range, type Result, type Va, XEN_PAGE } from "@granule/units";
import type { CheckEnv, Code } from "@granule/xen-abi";

/** What a stage 2 leaf is; stored in its software bits 58:55. `stray`: a v1 grant that is still mapped after its handle is gone. */
export const P2M = /* @__PURE__ */ Object.freeze({ ram: 1, grantRw: 2, grantRo: 3, foreign: 4, object: 5, device: 6, stray: 7 });
export type P2mType = (typeof P2M)[keyof typeof P2M];

/** A translation found in a P2M: valid for `size` bytes from the address that was asked. */
export interface P2mEntry {
  readonly pa: Pa;
  readonly size: Bytes;
  readonly type: P2mType;
  readonly writable: boolean;
}

/** Stage 2 of one domain. All ranges are multiples of `granule`; nothing is rounded. */
export interface P2m {
  readonly granule: AnyGranule;
  /** First byte above the IPA space. */
  readonly ipaLimit: Bytes;
  lookup(at: Ipa): P2mEntry | undefined;
  /** Machine address of a byte of RAM or of a mapping that may be read (and written, if asked), as a number; -1 when there is none. No allocation. */
  find(at: Ipa, write: boolean): number;
  /** Maps over what was there. EINVAL: not a multiple of the granule or above the limit. ENOMEM: the domain's allowance for tables; nothing changed. */
  map(input: Range<"ipa">, output: Pa, type: P2mType, writable: boolean): Result<void, "EINVAL" | "ENOMEM">;
  unmap(input: Range<"ipa">): Result<void, "EINVAL" | "ENOMEM">;
  /** True when nothing at all is mapped in the range. */
  isEmpty(input: Range<"ipa">): boolean;
  /** Runs of one type that are contiguous in machine memory, ascending, cut at the range; holes are skipped. */
  runs(input: Range<"ipa">): Generator<{ readonly ipa: Ipa; readonly pa: Pa; readonly size: Bytes; readonly type: P2mType; readonly writable: boolean }, void, void>;
  /** Bytes of tables in use, and the most there may be. */
  tableBytes(): Bytes;
  readonly tableLimit: Bytes;
  /** Highest IPA byte that was ever mapped, exclusive. */
  highest(): Bytes;
}

/** Where things are in a domain's IPA space: what the device tree's hypervisor and memory nodes tell a kernel. Bytes, multiples of 64 KiB. */
export interface GuestLayout {
  readonly ram: Range<"ipa">;
  /** Hole for the grant table (hypervisor node, reg[0]). */
  readonly grantTable: Range<"ipa">;
  /** Hole for shared_info and other objects of the hypervisor. */
  readonly objects: Range<"ipa">;
  /** Hole for mapping what other domains grant (hypervisor node, reg[1..]). */
  readonly extended: Range<"ipa">;
}

export interface DomainConfig {
  readonly name: string;
  /** Default: the first free one from 1. */
  readonly domid?: number;
  /** G. */
  readonly granule: AnyGranule;
  /** Bytes, a multiple of 64 KiB (and so of G). */
  readonly ram: Bytes;
  /** Where its RAM begins, a multiple of 2 MiB above the holes for objects; default: GUEST_RAM0_BASE. */
  readonly ramAt?: Ipa;
  /** Most RAM that it may have. Default `ram`. */
  readonly maximum?: Bytes;
  /** Allowance for stage 2 tables in bytes. Default: what `ram` needs fragmented, plus 1 MiB. */
  readonly tableLimit?: Bytes;
  /** Control domain: may name other domains. */
  readonly privileged?: boolean;
  /** RAM is allocated in pieces of this many bytes that are not contiguous in machine memory ("a fragmented front"); default: one run. */
  readonly fragment?: Bytes;
  /** One engine for each vcpu. */
  readonly vcpus: readonly EngineFactory[];
  /** How many vcpus run from the start; the others are offline until {@link Scheduler.start}. Default: all. */
  readonly online?: number;
}

/** Numbers that a report prints, by name: "hypercall", "grant_map", "grant_copy", "grant_copy_bytes", ... */
export interface Counters {
  add(name: string, by: number): void;
  get(name: string): number;
  all(): Readonly<Record<string, number>>;
}

export type DomainState = "running" | "shutdown" | "crashed" | "dying";
export interface Domain {
  readonly domid: number;
  readonly name: string;
  /** G. */
  readonly granule: AnyGranule;
  readonly privileged: boolean;
  readonly layout: GuestLayout;
  readonly p2m: P2m;
  readonly vcpus: readonly Vcpu[];
  readonly counters: Counters;
  readonly state: DomainState;
  /** SHUTDOWN_* of a shutdown, or why it crashed. */
  readonly reason: string;
  /** RAM owned in bytes (also while it is not mapped), and the most allowed. */
  readonly currentBytes: Bytes;
  readonly maximumBytes: Bytes;
  /** HVM parameters by index: v1's numbers (frames of 4096 bytes, ports). */
  readonly params: Map<number, bigint>;
}

/** Why a vcpu makes no progress: it repeats an instruction whose access stage 2 forbids, as under Xen 4.17. */
export interface Hang {
  /** The instruction. */
  readonly pc: bigint;
  readonly va: Va;
  readonly ipa: Ipa;
  readonly access: "read" | "write" | "execute";
  /** What is mapped there. */
  readonly type: P2mType;
}

export interface Vcpu {
  readonly domain: Domain;
  readonly index: number;
  readonly engine: Engine;
  readonly regs: VcpuRegs;
  /** Through both stages, as the guest accesses memory. */
  readonly translator: Translator;
  /** For derived checks of hypercalls. */
  readonly env: CheckEnv;
  /** "hung": see `hang`; an interrupt, or a change of the domain's stage 2, lets it go on. */
  readonly state: "runnable" | "blocked" | "hung" | "offline";
  readonly hang: Hang | undefined;
  /** Set by the events plugin: is the upcall pending and not masked? */
  irqSource: (() => boolean) | undefined;
  /** Set by who models timers: when `irqSource` may next change by itself, in ns of the clock; Infinity: never. A turn ends there, and a wait as well. */
  deadlineSource: (() => number) | undefined;
}

/** Domains port. */
export interface Domains {
  create(config: DomainConfig): Result<Domain, "EINVAL" | "ENOMEM" | "EEXIST">;
  get(domid: number): Domain | undefined;
  /** Resolves DOMID_SELF. */
  resolve(caller: Caller, domid: number): Domain | undefined;
  /** The calling domain or vcpu. @throws ModelBug when there is none. */
  of(caller: Caller): Domain;
  vcpuOf(caller: Caller): Vcpu;
  list(): readonly Domain[];
  /** Xen's security module: it also decides which errors come first. */
  readonly xsm: "dummy" | "silo";
  /** May `caller` and `target` communicate (events, grants)? XSM: "dummy" always, "silo" only with a privileged end. */
  mayTalk(caller: Domain, target: Domain): boolean;
  shutdown(domain: Domain, reason: number): void;
  /** The domain broke a rule that has no error code. Nobody else is harmed. */
  crash(domain: Domain, rule: string, why: string): void;
  /** Ends it and frees all that it owns, but for what others still reference. */
  destroy(domain: Domain): void;
  /** Who drives the vcpus of domains that a snapshot brings back; set before `load`. Undefined: there is no such program. */
  setEngines(engineOf: (domainName: string, vcpu: number) => EngineFactory | undefined): void;
}
export const DomainsPort = port<Domains>()("domains");

/**
 * Who owns each 4096 bytes of guest-reachable machine RAM. Conserved: owned + free + still referenced by others after
 * the owner gave it up + objects of the hypervisor = all.
 */
export interface Frames {
  /** RAM for a domain, zeroed, counted in its currentBytes; undefined when out of memory or above its maximum. `phase`, `align` as FrameAllocator. */
  allocate(domain: Domain, size: Bytes, align?: Bytes, phase?: Bytes): Pa | undefined;
  /** The owner gives it up: no longer counted; scrubbed and freed when the last reference goes. */
  disown(domain: Domain, at: Pa, size: Bytes): void;
  /** Domid of the owner; undefined: free, given up, or an object of the hypervisor. */
  ownerOf(at: Pa): number | undefined;
  /**
   * v1: whether the domain may have a further reference: to its RAM, given up or not, while somebody still references it, and to frames
   * of the hypervisor's objects that serve it. What others granted to it is not its own.
   */
  mayReference(domain: Domain, at: Pa): boolean;
  /** Part of an object of the hypervisor, not RAM. */
  isObject(at: Pa): boolean;
  /** v1: the domain has given up a frame of an object; it stays the object's. */
  lose(at: Pa): void;
  /** Leaves of stage 2 that nobody counts, but that reach the frame: it is not used again while there are any. */
  keep(at: Pa, size: Bytes): void;
  /** A leaf has left stage 2: ends what it kept or referenced, if it did. */
  leafGone(entry: Pick<P2mEntry, "type" | "pa">, size: Bytes): void;
  /** References by mappings of other domains (or of itself) through grants and foreign maps. */
  hold(at: Pa, size: Bytes): void;
  release(at: Pa, size: Bytes): void;
  isHeld(at: Pa, size: Bytes): boolean;
  /** Registered with the hypervisor (vcpu areas, FIFO words, adopted objects): must not be released by v2. Counted. */
  pin(at: Pa, size: Bytes): void;
  unpin(at: Pa, size: Bytes): void;
  isPinned(at: Pa, size: Bytes): boolean;
  /** Bytes: given up but still referenced; free; of the hypervisor's objects. */
  totals(): { readonly referenced: Bytes; readonly free: Bytes; readonly objects: Bytes; readonly owned: Bytes };
  /** Backing for an object of the hypervisor: multiples of 64 KiB, zeroed, aligned. */
  allocateObject(domain: Domain, size: Bytes): Pa | undefined;
  freeObject(at: Pa, size: Bytes): void;
}
export const FramesPort = port<Frames>()("frames");

/** v1: machine address of the 4096-byte frame `gfn`, if the domain may reference it, whatever maps it there. */
export function ownFrame(frames: Frames, domain: Domain, gfn: number): Pa | undefined {
  const entry = gfn < domain.p2m.ipaLimit / XEN_PAGE.size ? domain.p2m.lookup(ipa(gfn * XEN_PAGE.size)) : undefined;
  return entry !== undefined && entry.type !== P2M.device && frames.mayReference(domain, entry.pa) ? entry.pa : undefined;
}

/** Guest memory as hypercalls see it. A failed copy did the part before the fault. */
export interface GuestMemory {
  /** ABI v1: through the vcpu's own stage 1 and stage 2. */
  readVa(vcpu: Vcpu, at: Va, into: Uint8Array): Result<undefined, "EFAULT">;
  writeVa(vcpu: Vcpu, at: Va, from: Uint8Array): Result<undefined, "EFAULT">;
  /** ABI v2: only the domain's own RAM. */
  readIpa(domain: Domain, at: Ipa, into: Uint8Array): Result<undefined, "EFAULT">;
  writeIpa(domain: Domain, at: Ipa, from: Uint8Array): Result<undefined, "EFAULT">;
  /** Machine runs of a range of the domain's own RAM; undefined when some of it is not. */
  ramRuns(domain: Domain, r: Range<"ipa">): readonly Range<"pa">[] | undefined;
}
export const GuestMemoryPort = port<GuestMemory>()("guest-memory");

/**
 * An object of the hypervisor (shared_info, a grant table) that a guest places in its IPA space. Its backing comes in
 * extents of 64 KiB; v1 may instead adopt a 4096-byte frame of the guest's own RAM as backing (G > 4K).
 */
export interface HvObject {
  readonly name: string;
  /** Bytes usable now: a multiple of 4096 in v1's terms (`grow`), backed in 64 KiB. */
  readonly size: Bytes;
  readonly limit: Bytes;
  /** Machine address of a byte of the object. Ask again after any placement: adoption moves frames. @throws ModelBug past `size`. */
  at(offset: Bytes): Pa;
  /** Grows to at least `size` bytes; false when the limit or memory forbids. */
  grow(size: Bytes): boolean;
  /** v1: the 4096-byte gfn where that frame of the object is mapped; undefined: nowhere. */
  gfnOf(index: number): number | undefined;
}
export interface Objects {
  /** `initial` and `limit` in bytes. Freed with the domain. */
  create(domain: Domain, name: string, initial: Bytes, limit: Bytes): Result<HvObject, "ENOMEM">;
  /**
   * ABI v1: 4096-byte frame `index` of the object at 4096-byte frame `gpfn`. G = 4K: as real Xen (EBUSY when mapped
   * elsewhere, replaces what is there). G > 4K: see docs/spec, "v1 on a domain with G > 4K". Grows the object.
   */
  placeFrame(domain: Domain, object: HvObject, index: number, gpfn: number): Result<undefined, "EINVAL" | "EBUSY" | "ENOMEM">;
  /** ABI v2: a range of the object at an empty range; offset, address and size are multiples of G. Grows the object. */
  place(domain: Domain, object: HvObject, offset: Bytes, address: Ipa, size: Bytes): Result<undefined, "ENOENT" | "EEXIST" | "EBUSY" | "ENOMEM">;
  /** Unmaps every placed part of the object. */
  unplace(domain: Domain, object: HvObject): void;
  /** v1, G = 4K: a grant of the frame that is placed at `gfn` is mapped over it. It counts as placed there for ever, whatever comes later. */
  covered(domain: Domain, gfn: number): void;
  /** The object of PLACE_OBJECT or XENMAPSPACE, registered by its owner. */
  find(domain: Domain, name: string): HvObject | undefined;
}
export const ObjectsPort = port<Objects>()("objects");

/** Scheduler port: one thread, round-robin by instruction budget, deterministic. */
export interface Scheduler {
  /**
   * Runs until nobody can run any more ("idle": all blocked without a time-out or ended), `until()` is true, or `slices` are used
   * up. "horizon": all wait for a time beyond `horizon`, in ns of the clock, which has advanced to it: so a host can keep pace.
   */
  run(options?: { readonly slices?: number; readonly until?: () => boolean; readonly horizon?: number }): "idle" | "until" | "slices" | "horizon";
  /** Makes a blocked vcpu runnable. */
  wake(vcpu: Vcpu): void;
  /** Blocks the calling vcpu after its hypercall has returned, until its irqSource or a wake, or `until` ns. */
  block(vcpu: Vcpu, until: number): void;
  /** Blocks as {@link block}, and also until one of the ports is pending, masked or not. */
  poll(vcpu: Vcpu, ports: readonly number[], until: number): void;
  /** Ends the vcpu's turn. */
  yield(vcpu: Vcpu): void;
  /** Makes an offline vcpu runnable: its registers say where it starts. */
  start(vcpu: Vcpu): void;
  /** Takes a vcpu offline; its turn ends. */
  stop(vcpu: Vcpu): void;
  /** Runs until every vcpu is parked at a checkpoint or offline, so that the machine can be saved; false: someone never parks. */
  park(slices?: number): boolean;
}
export const SchedulerPort = port<Scheduler>()("scheduler");

/**
 * The words that the hypervisor shares with each vcpu and domain: vcpu_info and shared_info. Provided by the vcpu-info
 * plugin, used by events. Addresses change when a guest registers an area or shared_info is placed: ask each time.
 */
export interface VcpuInfos {
  /** Machine address of the vcpu_info in use; undefined: the vcpu has none (other than vcpu 0, until it registers one). */
  vcpuInfo(vcpu: Vcpu): Pa | undefined;
  /** Machine address of a byte of shared_info. */
  sharedInfo(domain: Domain, offset: Bytes): Pa;
  /** evtchn_upcall_pending of the vcpu; false when it has no vcpu_info. */
  upcallPending(vcpu: Vcpu): boolean;
  /** Sets evtchn_upcall_pending and wakes the vcpu. Does nothing when it was set, or when there is no vcpu_info. */
  raise(vcpu: Vcpu): void;
}
export const VcpuInfoPort = port<VcpuInfos>()("vcpu-info");

/** Console lines of domains (console_io), in order. */
export interface Consoles {
  lines(): readonly { readonly domid: number; readonly text: string }[];
  onLine(f: (domid: number, text: string) => void): void;
}
export const ConsolesPort = port<Consoles>()("consoles");

// ---- hooks ----
/** A domain is being built: allocate what the plugin keeps for it; the undo runs when the build fails. When it is destroyed, {@link DOMAIN_GONE} does. */
export const DOMAIN_CREATE = setupHook<Domain>("domain:create");
/** The domain is gone: forget it. Also runs for a domain that came from a snapshot, whose creation the plugin has not seen. */
export const DOMAIN_GONE = eventHook<Domain>("domain:gone");
/** Called in plugin order before frames go; drop references to other domains here. */
export const DOMAIN_DYING = eventHook<Domain>("domain:dying");
/** v2 reset, first phase: say why it cannot be ("grant reference 5 is mapped by domain 2"). */
export const RESET_BUSY = handledHook<Domain, string>("domain:reset-busy");
/** v2 reset, second phase: must succeed. */
export const DOMAIN_RESET = eventHook<Domain>("domain:reset");
/** v1 add_to_physmap by XENMAPSPACE_*. */
export type PlacementHandler = (caller: Caller, domain: Domain, index: number, gpfn: number) => Result<undefined, "EINVAL" | "EBUSY" | "ENOMEM" | "EACCES" | "ENOSYS" | "EPERM">;
export const PLACEMENT = selectorHook<number, PlacementHandler>("XENMAPSPACE");
/** v1 acquire_resource by XENMEM_resource_*: the object of that id; undefined: there is none. */
export const RESOURCE = selectorHook<number, (domain: Domain, id: number) => HvObject | undefined>("XENMEM_resource");
/** The object of a v2 `place` by PLACE_OBJECT. */
export const PLACE_V2 = selectorHook<number, (domain: Domain) => HvObject | undefined>("PLACE_OBJECT");
/** A stage 2 abort that may be an emulated device's. Answer: the value read (writes: anything). */
export interface MmioAccess {
  readonly vcpu: Vcpu;
  readonly info: AbortInfo;
  readonly value: number;
}
export const MMIO = handledHook<MmioAccess, number>("mmio");
/** An access to a system register that the PE does not hold. Answer: the value read (writes: anything); undefined: not here. */
export interface SysregAccess {
  readonly vcpu: Vcpu;
  /** op0:op1:CRn:CRm:op2 in 16 bits. */
  readonly key: number;
  readonly el: 0 | 1;
  /** Undefined: a read. */
  readonly value: bigint | undefined;
}
export const SYSREG = handledHook<SysregAccess, bigint>("sysreg");
/** A firmware call (SMCCC): hvc #0 or smc #0 with its arguments in x0..x7. Answered in the registers; undefined: nobody knows firmware, and x0 says so. */
export const SMCCC = handledHook<{ readonly vcpu: Vcpu; readonly conduit: "hvc" | "smc" }, true>("smccc");
/** A trapped instruction at `at` that is UNDEFINED, because of `why`. Answer: the guest takes the exception; undefined: its domain crashes. */
export const UNDEFINED = handledHook<{ readonly vcpu: Vcpu; readonly at: bigint; readonly why: string }, true>("undefined");
/** A vcpu starts or stops running: run states are written now. */
export const VCPU_SWITCH = eventHook<{ readonly vcpu: Vcpu; readonly running: boolean }>("vcpu:switch");
/** evtchn_upcall_pending of the vcpu has become set. */
export const UPCALL = eventHook<Vcpu>("vcpu:upcall");
/** Is the port pending? Undefined: no such port. */
export const POLL_PENDING = handledHook<{ readonly domain: Domain; readonly port: number }, boolean>("events:pending");
/** A range of a domain's RAM left its P2M or changed machine address (release, decrease, remove). */
export const RAM_REMOVED = eventHook<{ readonly domain: Domain; readonly range: Range<"ipa"> }>("ram:removed");

/** A failed answer with a declared code. */
export interface CallFailure {
  readonly ok: false;
  readonly code: Code;
  readonly why: string;
}
