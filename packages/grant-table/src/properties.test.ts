import { describeProperties } from "./conformance/properties.ts";
import { grantTable } from "./plugin.ts";
describeProperties(grantTable);
