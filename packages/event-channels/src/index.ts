export { EventPort } from "./contract.ts";
export type { EventChannelsConfig, Events, PortInfo, PortState } from "./contract.ts";
export { eventChannels } from "./eventChannels.ts";
