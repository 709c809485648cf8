import { describeStore } from "./conformance.ts";
import { createStore } from "./store.ts";

describeStore({ name: "store", create: createStore });
