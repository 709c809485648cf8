/** A neighbour shown: beside each grant the granule after it in machine memory is mapped too, where nobody looks. No byte is wrong; the reach is. */
import { P2M } from "@granule/hypervisor";
import { add, mib, range } from "@granule/units";
import { p2mFault } from "./p2mFault.ts";

/** Far enough from what the mapper maps itself, within its region for grants. */
const FAR = mib(512);

export default p2mFault((p2m) => ({
  map(input, output, type, writable) {
    const isGrant = type === P2M.grantRw || type === P2M.grantRo;
    if (isGrant) p2m.map(range(add(input.start, FAR), p2m.granule.size), add(output, input.size), type, writable);
    return p2m.map(input, output, type, writable);
  },
}));
