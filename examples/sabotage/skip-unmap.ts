/** An unmap forgotten: a grant that is given back stays in the mapper's stage 2. Red wherever something is mapped. */
import { P2M } from "@granule/hypervisor";
import { DONE } from "@granule/units";
import { p2mFault } from "./p2mFault.ts";

export default p2mFault((p2m) => ({
  unmap(input) {
    const type = p2m.lookup(input.start)?.type;
    return type === P2M.grantRw || type === P2M.grantRo ? DONE : p2m.unmap(input);
  },
}));
