/**
 * One end of a device in xenstore: its own directory, the peer's, both states, and errors.
 * Sources: xen/include/public/io/xenbus.h, enum xenbus_state; docs/misc/xenstore-paths.pandoc, "Frontend device paths" and
 * "Backend Device Paths". What the peer writes is text that may be anything.
 */
import { readState, switchState, XenbusState, type XenbusStateValue } from "@granule/guest-sdk";
import type { Kernel, Watch, Xenbus } from "@granule/guest-sdk/contract";
import type { Trap } from "@granule/machine";
import { type Failure, fail, ok, type Result } from "@granule/units";
import { ERRNO, type Errno, type XsdError } from "@granule/xen-abi";

/** Keys and their values as the store keeps them. */
export type Keys = Readonly<Record<string, string | number>>;

/** One end of one device. */
export interface DeviceEnd {
  /** Own directory, absolute. */
  readonly path: string;
  /** The peer's directory, absolute. */
  readonly peerPath: string;
  /** Domid of the peer. */
  readonly peer: number;
  /** State that this end wrote last. */
  readonly state: XenbusStateValue;
  /** Fires when the peer's state was written. */
  readonly watch: Watch;
  setState(state: XenbusStateValue): Trap<Result<undefined, XsdError>>;
  /** Unknown also when the node is missing or torn. */
  peerState(): Trap<XenbusStateValue>;
  /** Undefined: absent or not readable. */
  read(key: string): Trap<string | undefined>;
  readPeer(key: string): Trap<string | undefined>;
  /** Writes keys of the own directory in one transaction. */
  write(keys: Keys): Trap<Result<undefined, XsdError>>;
  /** Leaves an error node for people, and goes to Closing. */
  fail(failure: Failure<Errno>): Trap<void>;
  /** Removes the watch. */
  end(): Trap<void>;
}

/** An unsigned 32-bit number as a key carries it: decimal digits alone. `key` names it in the message. */
export function parseU32(key: string, text: string | undefined): Result<number, "EINVAL"> {
  const value = text !== undefined && /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return value <= 0xffffffff ? ok(value) : fail("EINVAL", `${key} ${text === undefined ? "is absent" : `"${text}"`}: must be a decimal number below 2^32`);
}

const NAMES: ReadonlyMap<XenbusStateValue, string> = /* @__PURE__ */ new Map(/* @__PURE__ */ Object.entries(XenbusState).map(([name, state]) => [state, name]));
/** The name of a state, for messages. */
export const stateName = (state: XenbusStateValue): string => NAMES.get(state) ?? `state ${state}`;

/** The front end in directory `path` ("device/vbd/51712"). */
export const openFront = (k: Kernel, xenbus: Xenbus, path: string): Trap<Result<DeviceEnd, Errno>> => open(k, xenbus, path, "backend");
/** The back end in directory `path` ("backend/vbd/1/51712"). */
export const openBack = (k: Kernel, xenbus: Xenbus, path: string): Trap<Result<DeviceEnd, Errno>> => open(k, xenbus, path, "frontend");

function* open(k: Kernel, xenbus: Xenbus, path: string, role: "backend" | "frontend"): Trap<Result<DeviceEnd, Errno>> {
  const peerPath = yield* xenbus.read(`${path}/${role}`);
  if (!peerPath.ok) return fail("ENODEV", `${path}/${role}: ${peerPath.why}`);
  const id = yield* xenbus.read(`${path}/${role}-id`);
  const peer = parseU32(`${path}/${role}-id`, id.ok ? id.value : undefined);
  if (!peer.ok) return peer;
  const watch = yield* xenbus.watch(`${peerPath.value}/state`);
  if (!watch.ok) return fail("EIO", `watch on ${peerPath.value}/state: ${watch.why}`);
  return ok(createEnd(k, xenbus, path, peerPath.value, peer.value, watch.value));
}

function createEnd(k: Kernel, xenbus: Xenbus, path: string, peerPath: string, peer: number, watch: Watch): DeviceEnd {
  let state: XenbusStateValue = XenbusState.Unknown;
  function* read(at: string): Trap<string | undefined> {
    const text = yield* xenbus.read(at);
    return text.ok ? text.value : undefined;
  }
  function* setState(next: XenbusStateValue): Trap<Result<undefined, XsdError>> {
    state = next;
    return yield* switchState(xenbus, path, next);
  }
  return {
    path, peerPath, peer, watch, setState,
    get state() {
      return state;
    },
    *peerState() {
      // events are taken before the state is read: one that comes later fires again
      while (watch.next() !== undefined);
      return yield* readState(xenbus, peerPath);
    },
    read: (key) => read(`${path}/${key}`),
    readPeer: (key) => read(`${peerPath}/${key}`),
    write: (keys) =>
      xenbus.transaction(function* (tx) {
        for (const [key, value] of Object.entries(keys)) {
          const written = yield* xenbus.write(`${path}/${key}`, String(value), tx);
          if (!written.ok) return written;
        }
        return ok(undefined);
      }),
    *fail({ code, why }) {
      yield* k.log(`${path}: ${why}`);
      yield* xenbus.write(`error/${path}/error`, `${ERRNO[code]} ${why}`);
      yield* setState(XenbusState.Closing);
    },
    *end() {
      yield* watch.remove();
    },
  };
}
