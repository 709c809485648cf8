export { configSchema, defineConfig, parseConfig } from "./config.ts";
export type { BlockSetting, Config, ConfigInput, DiskSetting, DomainSetting } from "./config.ts";
export { MESSAGES } from "./messages.ts";
export { preset } from "./preset.ts";
export type { PresetConfig } from "./preset.ts";
export { runConfig, seededBytes } from "./run.ts";
export type { BlockReport, EndReport, RunOptions, RunReport } from "./run.ts";
export { blockPaths, bootInfo, createToolstack, STORE_DOMID, XVDA } from "./toolstack.ts";
export type { BlockDeviceSetting, DevicePaths, GuestSetting, KernelProgram, Toolstack } from "./toolstack.ts";
