export { balloon } from "./balloon.ts";
export { BalloonPort, POPULATED, RELEASED } from "./contract.ts";
export type { Balloon } from "./contract.ts";
