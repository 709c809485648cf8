/**
 * The back end of a block device: serves one front end from a {@link Disk}, and never answers a flush before the disk
 * has flushed. Source: xen/include/public/io/blkif.h, "Backend Device Properties" and the request codes.
 */
import { XenbusState, type XenbusStateValue } from "@granule/guest-sdk";
import type { Kernel, Mapping, Xenbus } from "@granule/guest-sdk/contract";
import type { Trap } from "@granule/machine";
import {
  acceptRingSize, acceptUnit, BASE_UNIT, type BackDriver, type BackRing, copiedRing, createBackRing, type DeviceEnd, followFront, type Keys, mappedRing, offerBack, offerOf,
  openBack, parseU32, type RingAccess, type RingMode, rspProdOf, serve, type Service, UNIT_KEYS, UNIT_MAX, type UnitOffer, wordsAt,
} from "@granule/pv";
import { BLKIF_RING_ENTRY, C, type Errno, VDISK_READONLY } from "@granule/xen-abi";
import { type Bytes, fail, ok, type Result } from "@granule/units";
import { type BlockCounters, createCounters, type DataMode, type Disk, SECTOR } from "./contract.ts";
import { type PersistentGrants, persistentGrants } from "./persistent.ts";
import { createProcessor, type Processor } from "./processor.ts";
import { canMapUnit, createTransfer, type Transfer } from "./transfer.ts";

export interface BlockBackendOptions {
  /** Own directory in the store: "backend/vbd/<front end's domid>/<device>". */
  readonly path: string;
  readonly disk: Disk;
  readonly isReadOnly?: boolean;
  /** Mappings kept for a front end that has feature-persistent too; default 0: not offered. */
  readonly persistent?: number;
  /** Segments of an indirect request; default 256; 0: not offered. */
  readonly maxIndirect?: number;
  /** Most that is offered as the unit of sharing, in bytes; 0: nothing is said of units. Default 64 KiB. */
  readonly unitMax?: Bytes;
  /** Own memory for copying data, in bytes; default 512 KiB. */
  readonly bounce?: Bytes;
}

/** What can be seen of a back end from outside. */
export interface BlockBackend {
  readonly counters: BlockCounters;
  /** XenbusState. */
  readonly state: XenbusStateValue;
  /** Undefined while not connected. */
  readonly connection: { readonly unit: Bytes; readonly ringMode: RingMode; readonly dataMode: DataMode; readonly ringSize: Bytes } | undefined;
  /** Why the last connection ended or the last request was refused; empty: nothing did. */
  readonly fault: string;
  /** Offers the device and answers what serves it. */
  open(k: Kernel, xenbus: Xenbus): Trap<Result<Service, Errno>>;
  /** `open`, then serves until the device is gone or {@link stop} was called and something woke the guest. */
  run(k: Kernel, xenbus: Xenbus): Trap<Result<undefined, Errno>>;
  stop(): void;
}

/** Bytes of own memory for copying data. */
const BOUNCE: Bytes = 1024 * SECTOR;

interface Connection {
  readonly unit: Bytes;
  readonly ringSize: Bytes;
  readonly access: RingAccess;
  readonly ring: BackRing;
  readonly transfer: Transfer;
  readonly processor: Processor;
}

/** Nothing to wait for. */
const NOTHING: readonly never[] = [];

/** A back end; it does nothing before `open` or `run`. */
export function blockBackend(options: BlockBackendOptions): BlockBackend {
  const { disk, isReadOnly = false, maxIndirect = 256, bounce = BOUNCE } = options;
  const counters = createCounters();
  let device: DeviceEnd | undefined;
  let connection: Connection | undefined;
  let fault = "";
  let isStopped = false;
  /** An event came, or the ring may hold more. */
  let isKicked = false;

  function* open(k: Kernel, xenbus: Xenbus): Trap<Result<Service, Errno>> {
    const opened = yield* openBack(k, xenbus, options.path);
    if (!opened.ok) return opened;
    const end = (device = opened.value);
    const driver = createDriver(k, end);
    const offered = yield* offerBack(end, driver);
    if (!offered.ok) return offered;
    return ok({
      isReady: () => end.watch.isFired || (isKicked && connection !== undefined),
      *step() {
        if (end.watch.isFired && !(yield* followFront(end, driver))) {
          yield* end.end();
          return false;
        }
        if (connection === undefined || !isKicked) return true;
        isKicked = false;
        fault = yield* connection.processor.step();
        isKicked ||= connection.processor.hasMore;
        if (connection.processor.isBroken) {
          yield* driver.disconnect(end);
          yield* end.fail(fail("EIO", fault));
        }
        return true;
      },
    });
  }

  function createDriver(k: Kernel, end: DeviceEnd): BackDriver {
    let offer: UnitOffer | undefined;
    /** What `disconnect` undoes, last first. */
    let undo: (() => Trap<void> | void)[] = [];
    const isPersistent = (): boolean => (options.persistent ?? 0) > 0 && canMapUnit(k, offer?.preferred ?? BASE_UNIT);

    // oxlint-disable-next-line require-yield -- other drivers ask the store here
    function* advertise(): Trap<Keys> {
      if (options.unitMax !== 0) offer = offerOf({ abi: k.abi, s1: k.granule.size, g: k.stage2?.size ?? k.granule.size }, options.unitMax);
      return {
        sectors: disk.size / SECTOR, "sector-size": SECTOR, "physical-sector-size": SECTOR, info: isReadOnly ? VDISK_READONLY : 0,
        "feature-flush-cache": 1, "feature-barrier": 1, "feature-discard": disk.discard === undefined ? 0 : 1,
        "feature-persistent": isPersistent() ? 1 : 0, "feature-max-indirect-segments": maxIndirect,
        ...(offer === undefined ? {} : { [UNIT_KEYS.max]: offer.max, [UNIT_KEYS.preferred]: offer.preferred }),
      };
    }

    /** The ring, mapped when this domain's granule allows it. */
    function* openRing(ref: number, size: Bytes): Trap<Result<RingAccess, Errno>> {
      if (canMapUnit(k, size)) {
        const [mapped] = yield* k.mapper.map([{ domid: end.peer, ref, size }]);
        if (mapped?.ok === true) {
          const mapping: Mapping = mapped.value;
          undo.push(function* () {
            yield* k.mapper.unmap([mapping]);
          });
          return ok(mappedRing(wordsAt(k.g, mapping.va), size));
        }
        if (mapped?.code !== "GNTST_bad_granule") return fail("EINVAL", `ring-ref ${ref} of ${size} bytes: ${mapped?.why ?? "no answer"}`);
      }
      const copied = copiedRing(k, end.peer, ref, size, counters);
      undo.push(() => copied.release());
      return ok(copied);
    }

    function* connect(): Trap<Result<undefined, Errno>> {
      const ref = parseU32("ring-ref", yield* end.readPeer("ring-ref"));
      if (!ref.ok) return ref;
      const channel = parseU32("event-channel", yield* end.readPeer("event-channel"));
      if (!channel.ok) return channel;
      // a kernel of ABI v1 knows nothing of the keys that a kernel of v2 before it may have left
      const isV2 = ref.value >= C.GRANT_REF_V2;
      const unit = acceptUnit(offer, isV2 ? yield* end.readPeer(UNIT_KEYS.unit) : undefined);
      if (!unit.ok) return unit;
      const ringSize = acceptRingSize(isV2 ? yield* end.readPeer(UNIT_KEYS.ringSize) : undefined, k.abi === 1 ? BASE_UNIT : UNIT_MAX);
      if (!ringSize.ok) return ringSize;
      const access = yield* openRing(ref.value, ringSize.value);
      if (!access.ok) return access;
      const at = yield* rspProdOf(access.value);
      if (at < 0) return fail("EIO", access.value.fault);
      const port = yield* k.events.bindInterdomain(end.peer, channel.value);
      if (!port.ok) return fail("EINVAL", `event-channel ${channel.value}: ${port.why}`);
      k.events.on(port.value, () => void (isKicked = true));
      undo.push(function* () {
        yield* k.events.close(port.value);
      });
      const persistent = isPersistent() && (yield* end.readPeer("feature-persistent")) === "1" ? keepGrants() : undefined;
      const ring = createBackRing(access.value, BLKIF_RING_ENTRY, at);
      const canMap = canMapUnit(k, unit.value) && (k.stage2 !== undefined || access.value.mode === "mapped");
      const transfer = createTransfer(k, { disk, peer: end.peer, unit: unit.value, canMap, bounce: Math.max(bounce, unit.value), persistent, counters });
      undo.push(() => transfer.release());
      const limits = {
        sectors: disk.size / SECTOR, isReadOnly, handle: deviceOf(end.path), unit: unit.value, maxIndirect, canDiscard: disk.discard !== undefined, canBarrier: true,
      };
      const processor = createProcessor(k, { disk, peer: end.peer, ring, transfer, limits, counters, notify: () => k.events.send(port.value) });
      undo.push(() => processor.release());
      connection = { unit: unit.value, ringSize: ringSize.value, access: access.value, ring, transfer, processor };
      isKicked = true;
      return ok(undefined);
    }
    function keepGrants(): PersistentGrants {
      const kept = persistentGrants(k, options.persistent ?? 0);
      undo.push(function* () {
        counters.unmapElements += yield* kept.release();
      });
      return kept;
    }
    return {
      advertise, connect,
      *disconnect() {
        connection = undefined;
        isKicked = false;
        const steps = undo.reverse();
        undo = [];
        for (const step of steps) yield* step() ?? NOTHING;
      },
    };
  }

  return {
    counters, open,
    get state() {
      return device?.state ?? XenbusState.Unknown;
    },
    get connection() {
      return connection === undefined
        ? undefined
        : { unit: connection.unit, ringSize: connection.ringSize, ringMode: connection.access.mode, dataMode: connection.transfer.mode };
    },
    get fault() {
      return fault;
    },
    *run(k, xenbus) {
      const service = yield* open(k, xenbus);
      if (!service.ok) return service;
      yield* serve(k, [service.value], () => isStopped);
      return ok(undefined);
    },
    stop: () => void (isStopped = true),
  };
}

/** The number that requests carry as `handle`: the last part of the path, as far as 16 bits hold it. */
const deviceOf = (path: string): number => Number(path.slice(path.lastIndexOf("/") + 1)) & 0xffff;
