/** What happened, in order, as flat records. Costs one test of `on` when nobody listens. */
import type { Clock } from "./determinism.ts";

export type TraceValue = number | string | boolean;
export interface TraceRecord {
  /** Nanoseconds of the machine's clock. */
  readonly t: number;
  readonly kind: string;
  readonly [field: string]: TraceValue;
}
export type TraceSink = (r: TraceRecord) => void;
export interface Trace {
  /** False: do not even build the record. */
  readonly on: boolean;
  emit(kind: string, fields: Readonly<Record<string, TraceValue>>): void;
}

export function createTrace(clock: Clock, sink?: TraceSink): Trace {
  if (sink === undefined) return { on: false, emit: () => undefined };
  return { on: true, emit: (kind, fields) => sink({ t: clock.now(), kind, ...fields }) };
}

/** One JSON object a line; `write` gets whole lines. */
export const jsonLines = (write: (line: string) => void): TraceSink => (r) => write(`${JSON.stringify(r)}\n`);

/** Keeps the last `limit` records, oldest first in `records()`. */
export function ringSink(limit: number): { readonly sink: TraceSink; records(): readonly TraceRecord[] } {
  const kept: TraceRecord[] = [];
  let dropped = 0;
  return {
    sink: (r) => {
      if (kept.length < limit) kept.push(r);
      else kept[dropped++ % limit] = r;
    },
    records: () => [...kept.slice(dropped % limit), ...kept.slice(0, dropped % limit)],
  };
}

/** Hands every record to several sinks. */
export const teeSink = (...sinks: readonly TraceSink[]): TraceSink => (r) => {
  for (const s of sinks) s(r);
};
