export { configSchema, defineConfig, parseConfig } from "./config.ts";
export type { BlockSetting, Config, ConfigInput, DiskSetting, DomainSetting } from "./config.ts";
export { MESSAGES } from "./messages.ts";
