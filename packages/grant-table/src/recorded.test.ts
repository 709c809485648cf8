import { describeRecorded } from "./conformance/recorded.ts";
import { grantTable } from "./plugin.ts";
describeRecorded(grantTable);
