/** The states of a device's two ends in xenstore. Source: xen/include/public/io/xenbus.h, enum xenbus_state. */
import type { Trap } from "@granule/machine";
import { fail, ok, type Result } from "@granule/units";
import type { XsdError } from "@granule/xen-abi";
import type { Xenbus } from "./contract.ts";

export const XenbusState = /* @__PURE__ */ Object.freeze({
  /** Nothing there. */
  Unknown: 0,
  Initialising: 1,
  /** Back end: finished early initialisation, waits for the front end or its details. */
  InitWait: 2,
  /** Waits for a connection from the other end. */
  Initialised: 3,
  Connected: 4,
  /** Being closed, because of an error or an unplug. */
  Closing: 5,
  Closed: 6,
  Reconfiguring: 7,
  Reconfigured: 8,
});
export type XenbusStateValue = (typeof XenbusState)[keyof typeof XenbusState];

const VALUES: readonly XenbusStateValue[] = /* @__PURE__ */ Object.values(XenbusState);

/** The state under a device's directory; Unknown when it is absent or not a state. */
export function* readState(bus: Xenbus, device: string, tx?: number): Trap<XenbusStateValue> {
  const r = yield* bus.read(`${device}/state`, tx);
  const text = r.ok ? r.value : "";
  return VALUES.find((v) => String(v) === text) ?? XenbusState.Unknown;
}
/** Writes the state under one's own device directory. */
export const switchState = (bus: Xenbus, device: string, state: XenbusStateValue, tx?: number): Trap<Result<undefined, XsdError>> =>
  bus.write(`${device}/state`, String(state), tx);

/** Waits until the peer's device has one of `states`; answers which. `until`: ns of the machine's clock. ETIMEDOUT: it is past. */
export function* waitForPeerState(bus: Xenbus, peer: string, states: readonly XenbusStateValue[], until = Infinity): Trap<Result<XenbusStateValue, XsdError | "ETIMEDOUT">> {
  const watch = yield* bus.watch(`${peer}/state`);
  if (!watch.ok) return watch;
  for (;;) {
    // a watch fires once when it is set, so that no change before it is lost
    const fired = yield* bus.waitFor(watch.value, until);
    while (watch.value.next() !== undefined);
    const state = yield* readState(bus, peer);
    const isThere = states.includes(state);
    if (!isThere && fired) continue;
    yield* watch.value.remove();
    return isThere ? ok(state) : fail("ETIMEDOUT", `${peer}/state is ${state}, waited for ${states.join(" or ")}`);
  }
}
