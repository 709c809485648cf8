/** An address rounded up: a grant is mapped at the next multiple of 64 KiB of machine memory. Red where a smaller one is mapped. */
import { P2M } from "@granule/hypervisor";
import { add, BACKING_UNIT, offsetIn } from "@granule/units";
import { p2mFault } from "./p2mFault.ts";

export default p2mFault((p2m) => ({
  map(input, output, type, writable) {
    const isGrant = type === P2M.grantRw || type === P2M.grantRo;
    const up = isGrant ? (BACKING_UNIT - offsetIn(output, BACKING_UNIT)) % BACKING_UNIT : 0;
    return p2m.map(input, add(output, up), type, writable);
  },
}));
