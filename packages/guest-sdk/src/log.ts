/** A kernel's lines on the hypervisor's console. Source: xen/include/public/xen.h, "Commands to HYPERVISOR_console_io()". */
import type { Guest, Trap } from "@granule/machine";
import { type Range, vaFromIpa } from "@granule/units";
import { V1 } from "@granule/xen-abi";
import type { Calls } from "./contract.ts";

/** `scratch`: own RAM for the text. console_io exists in ABI v1 only, and serves every domain. */
export function createLog(g: Guest, calls: Calls, scratch: Range<"ipa">): (text: string) => Trap<void> {
  const write = calls.caller(V1.console_write);
  const encoder = new TextEncoder();
  const buffer = vaFromIpa(scratch.start);
  return function* (text) {
    const bytes = encoder.encode(`${text}\n`);
    for (let done = 0; done < bytes.length; done += scratch.size) {
      const part = bytes.subarray(done, done + scratch.size);
      g.write(buffer, part);
      // a console that refuses is no reason to stop a kernel
      yield* write({ count: part.length, buffer });
    }
  };
}
