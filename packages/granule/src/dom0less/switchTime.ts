/** What the host's own work takes: a fixed time for every turn of a vcpu, so that guests that yield in a loop see time pass as on a real host. */
import { VCPU_SWITCH } from "@granule/hypervisor";
import { definePlugin } from "@granule/kit";

/** Some hundred instructions of the hypervisor, at a simulator's pace, in ns. */
const TURN = 20_000;

/** Advances the clock after every turn. */
export const switchTime = definePlugin({
  name: "switch-time",
  version: 1,
  provides: {},
  requires: {},
  setup({ on, clock }) {
    on.event(VCPU_SWITCH, ({ running }) => {
      if (!running) clock.advance(TURN);
    });
    return { ports: {}, save: () => null, load: () => undefined };
  },
});
