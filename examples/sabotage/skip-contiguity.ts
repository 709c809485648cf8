/**
 * Contiguity taken for granted: the pieces of 64 KiB are believed to follow each other in machine memory. Red where
 * they do not and the mapper's granule is larger than they are: a fragmented front end.
 */
import { alignDown, BACKING_UNIT, distance, offsetIn } from "@granule/units";
import { p2mFault } from "./p2mFault.ts";

export default p2mFault((p2m) => ({
  find(at, write) {
    const start = alignDown(at, BACKING_UNIT);
    const first = p2m.find(start, write);
    return first < 0 ? p2m.find(at, write) : first - offsetIn(first, BACKING_UNIT) + distance(at, start);
  },
}));
