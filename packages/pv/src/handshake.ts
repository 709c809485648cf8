/**
 * The handshake of a device, once for all devices: what a driver does between the states, as three functions an end.
 * Source: xen/include/public/io/blkif.h and netif.h, "Startup" and "Shutdown" state diagrams.
 */
import { XenbusState, type XenbusStateValue } from "@granule/guest-sdk";
import type { Kernel } from "@granule/guest-sdk/contract";
import type { Trap } from "@granule/machine";
import { fail, ok, type Result } from "@granule/units";
import type { Errno } from "@granule/xen-abi";
import { type DeviceEnd, type Keys, stateName } from "./device.ts";

const { Unknown, Initialising, InitWait, Initialised, Connected, Closing, Closed } = XenbusState;

/** What a front end's driver does. */
export interface FrontDriver {
  /** The back end waits and has said what it can do: make the ring; answers the keys to write. */
  prepare(end: DeviceEnd): Trap<Result<Keys, Errno>>;
  /** The back end is connected: read what it says of the device. */
  connected(end: DeviceEnd): Trap<Result<undefined, Errno>>;
  /** Gives everything back; the peer has let go of it or never will. */
  release(): Trap<void>;
}

/** Waits until the peer's state is one of `wanted`; `until` in ns of the machine's clock. */
export function* waitForPeer(k: Kernel, end: DeviceEnd, wanted: readonly XenbusStateValue[], until = Infinity): Trap<Result<XenbusStateValue, "ETIMEDOUT">> {
  for (;;) {
    const state = yield* end.peerState();
    if (wanted.includes(state)) return ok(state);
    if (!(yield* k.events.waitFor(() => end.watch.isFired, until)))
      return fail("ETIMEDOUT", `${end.peerPath}: in state ${stateName(state)}, waited for ${wanted.map(stateName).join(" or ")}`);
  }
}

/** Connects a front end from whatever state an earlier kernel left the device in. After a failure both ends can start anew. */
export function* connectFront(k: Kernel, end: DeviceEnd, driver: FrontDriver, until = Infinity): Trap<Result<undefined, Errno>> {
  const found = yield* end.peerState();
  if (found === Initialised || found === Connected) {
    yield* end.setState(Closing);
    const closed = yield* waitForPeer(k, end, [Closing, Closed, Unknown], until);
    if (!closed.ok) return closed;
    yield* end.setState(Closed);
  } else if (found === Closing) yield* end.setState(Closed);
  if (found !== Unknown && found !== Initialising && found !== InitWait) {
    const closed = yield* waitForPeer(k, end, [Closed, Unknown], until);
    if (!closed.ok) return closed;
  }
  yield* end.setState(Initialising);
  const started = yield* waitForPeer(k, end, [InitWait], until);
  if (!started.ok) return started;
  const result = yield* exchange(k, end, driver, until);
  if (!result.ok) {
    yield* end.fail(result);
    yield* closeFront(k, end, driver, until);
  }
  return result;
}

function* exchange(k: Kernel, end: DeviceEnd, driver: FrontDriver, until: number): Trap<Result<undefined, Errno>> {
  const keys = yield* driver.prepare(end);
  if (!keys.ok) return keys;
  const written = yield* end.write(keys.value);
  if (!written.ok) return fail("EIO", `${end.path}: ${written.why}`);
  yield* end.setState(Initialised);
  const answered = yield* waitForPeer(k, end, [Connected, Closing, Closed, Unknown], until);
  if (!answered.ok) return answered;
  if (answered.value !== Connected) return fail("EIO", `${end.peerPath}: refused, state ${stateName(answered.value)}`);
  const connected = yield* driver.connected(end);
  if (connected.ok) yield* end.setState(Connected);
  return connected;
}

/** Closes a front end; what it shared is given back when the back end has closed, or `until` has passed. */
export function* closeFront(k: Kernel, end: DeviceEnd, driver: FrontDriver, until = Infinity): Trap<void> {
  yield* end.setState(Closing);
  yield* waitForPeer(k, end, [Closing, Closed, Unknown], until);
  yield* driver.release();
  yield* end.setState(Closed);
  yield* waitForPeer(k, end, [Closed, InitWait, Unknown], until);
}

/** What a back end's driver does. */
export interface BackDriver {
  /** Says what it can do; answers the keys to write. */
  advertise(end: DeviceEnd): Trap<Keys>;
  /** The front end has written its keys: map or refuse. What was made before a failure is given back by `disconnect`. */
  connect(end: DeviceEnd): Trap<Result<undefined, Errno>>;
  /** Lets go of everything of the front end's. Does nothing when nothing is connected. */
  disconnect(end: DeviceEnd): Trap<void>;
}

/** Offers the device: to be called once, after {@link openBack}. */
export function* offerBack(end: DeviceEnd, driver: BackDriver): Trap<Result<undefined, Errno>> {
  const written = yield* end.write(yield* driver.advertise(end));
  if (!written.ok) return fail("EIO", `${end.path}: ${written.why}`);
  yield* end.setState(InitWait);
  return ok(undefined);
}

/** Does what the front end's state asks for; to be called whenever the watch has fired. False: the device is gone. */
export function* followFront(end: DeviceEnd, driver: BackDriver): Trap<boolean> {
  const state = yield* end.peerState();
  switch (state) {
    case Initialising:
      if (end.state === Closed) yield* offerBack(end, driver);
      return true;
    case Initialised:
    case Connected: {
      if (end.state !== InitWait) return true;
      const connected = yield* driver.connect(end);
      if (connected.ok) {
        yield* end.setState(Connected);
        return true;
      }
      yield* driver.disconnect(end);
      yield* end.fail(connected);
      return true;
    }
    case Closing:
      yield* driver.disconnect(end);
      if (end.state !== Closed) yield* end.setState(Closing);
      return true;
    case Closed:
      yield* driver.disconnect(end);
      yield* end.setState(Closed);
      return (yield* end.read("online")) !== "0";
    case Unknown:
      yield* driver.disconnect(end);
      yield* end.setState(Closed);
      return false;
    default:
      return true;
  }
}
