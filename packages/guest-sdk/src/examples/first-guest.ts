/** A whole guest: shows a greeting to a peer, waits until the peer has read it, and takes the memory back. */
import { boot, type KernelConfig } from "../index.ts";
import type { GuestProgram } from "@granule/machine";
import { range, vaFromIpa, XEN_PAGE } from "@granule/units";

/** Argument `peer`: the domain id of the reader. Prints the reference and the port that the reader needs. */
export const firstGuest = (config: KernelConfig): GuestProgram =>
  function* (g) {
    const kernel = yield* boot(g, config);
    const { pages, grants, events } = kernel;
    const peer = Number(config.info.args["peer"]);

    // A page of the kernel's own size, zeroed. ABI v1 can show its first 4096 bytes; v2 shows the whole page.
    const page = pages.alloc(pages.unit);
    const shown = kernel.abi === 1 ? range(page.start, XEN_PAGE.size) : page;
    g.write(vaFromIpa(page.start), new TextEncoder().encode(`hello from a ${kernel.granule.name} kernel`));

    const ref = yield* grants.grant(peer, shown, { readonly: true });
    const port = yield* events.allocUnbound(peer);
    if (!ref.ok || !port.ok) throw new Error("no grant or no event channel");
    yield* kernel.log(`ref ${ref.value} port ${port.value}`);

    let isRead = false;
    events.on(port.value, () => void (isRead = true));
    yield* events.waitFor(() => isRead);

    // The peer may still have it mapped: a grant in use is not taken back, and its page must not be reused.
    while (!grants.end(ref.value)) yield* g.pause();
    pages.free(page);
    yield* events.close(port.value);
    yield* kernel.log("done");
  };
