export { openFileDisk } from "./node-disk.ts";
export type { FileDisk } from "./node-disk.ts";
