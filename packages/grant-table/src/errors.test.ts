import { describeErrors } from "./conformance/errors.ts";
import { grantTable } from "./plugin.ts";
describeErrors(grantTable);
