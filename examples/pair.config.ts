/** The pair of pair.json as TypeScript: a 4K front end and a 64K back end, both with a stage 2 of 64K. */
import { defineConfig } from "@granule/granule";

export default defineConfig({
  domains: {
    front: { s1: "4k", g: "64k", abi: 2 },
    back: { s1: "64k", g: "64k", abi: 2 },
  },
  block: [{ front: "front", back: "back", unit: "negotiated", disk: { size: "4M" }, move: "1M" }],
});
