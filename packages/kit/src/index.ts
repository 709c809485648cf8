export { assemble, assembleList, definePlugin, port, replacePlugin } from "./plugin.ts";
export type { AnyPlugin, AssembleOptions, Instance, Json, Machine, Missing, Plugin, Port, Ports, Setup, Use } from "./plugin.ts";
export { createHooks, eventHook, handledHook, selectorHook, setupHook } from "./hooks.ts";
export type { BoundHypercall, Caller, Emit, Handler, Hook, Hooks, On, Selector } from "./hooks.ts";
export { createClock, createRandom } from "./determinism.ts";
export type { Clock } from "./determinism.ts";
export { createTrace, jsonLines, ringSink, teeSink } from "./trace.ts";
export type { Trace, TraceRecord, TraceSink, TraceValue } from "./trace.ts";
