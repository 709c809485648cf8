export { GRANT_TABLE_V1, GRANT_TABLE_V2, GrantPort, MAX_PINS } from "./contract.ts";
export type { EntryV1, EntryV2, GrantInUse, GrantMapping, Grants, GrantTableConfig, GrantTableName } from "./contract.ts";
export { grantTable } from "./plugin.ts";
