export { loadConfig } from "./node-config.ts";
export type { LoadedConfig } from "./node-config.ts";
export { openFileDisk } from "./node-disk.ts";
export type { FileDisk } from "./node-disk.ts";
