import { describeGrantTable } from "./conformance.ts";
import { grantTable } from "./plugin.ts";

describeGrantTable({ name: "grantTable", create: grantTable });
