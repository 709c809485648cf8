/** A flush lost: the disk says that it has flushed, and has not. Red everywhere: what was written would not survive a power cut. */
import type { Alteration } from "@granule/testkit";

export default { disk: (disk) => ({ ...disk, flush: () => true }) } satisfies Alteration;
