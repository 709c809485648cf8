import { add, alignDown, mib, type Pa } from "@granule/units";
import { describeEngine } from "../conformance.ts";
import { fastEngine } from "./engine.ts";

/** Memory that the suite leaves free: from 2 MiB to 4 MiB. */
describeEngine({
  name: "the fast engine",
  create(cpu, memory) {
    let next: Pa = add(memory.base, mib(2));
    return fastEngine({
      cpu, memory, codePages: 16,
      allocate(size, align) {
        const at = alignDown(add(next, align - 1), align);
        next = add(at, size);
        return at;
      },
    });
  },
});
