import { describeEngine } from "../conformance.ts";
import { referenceEngine } from "./engine.ts";

describeEngine({ name: "the reference interpreter", create: (cpu) => referenceEngine({ cpu }) });
