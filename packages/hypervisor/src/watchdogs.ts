/**
 * SCHEDOP_watchdog: two timers a domain that end it when they expire. Source: xen/include/public/sched.h, struct sched_watchdog; answers
 * as observed on Xen 4.17.
 */
import { type Clock, type Json, jsonList, jsonNumber, type Trace } from "@granule/kit";
import { C, codeNumber } from "@granule/xen-abi";
import type { Domain, Domains } from "./contract.ts";

const TIMERS = 2;
const NS_PER_SECOND = 1e9;
/** Xen answers it as an unsigned number of 32 bits. */
const NO_TIMER = 2 ** 32 + codeNumber("ENOSPC");

export interface Watchdogs {
  /** Sets timer `id` (from 1; 0: a free one, whose id is answered) to expire in `timeout` seconds, or stops it. Undefined: no such timer in use. */
  set(domain: Domain, id: number, timeout: number): number | undefined;
  /** ns of the clock at which the first one expires; Infinity: never. */
  next(): number;
  /** Ends the domains whose timers have expired. */
  expire(): void;
  /** The domain is gone. */
  forget(domid: number): void;
  save(): Json;
  load(state: Json): void;
}

export function createWatchdogs(domains: Domains, clock: Clock, trace: Trace): Watchdogs {
  /** When timers expire, in ns, by domid and timer; undefined: not in use. */
  const timers = new Map<number, (number | undefined)[]>();
  let first = Infinity;
  const settle = (): void => void (first = Math.min(Infinity, ...[...timers.values()].flat().filter((at) => at !== undefined)));
  return {
    set({ domid }, id, timeout) {
      const own = timers.get(domid) ?? Array.from<undefined>({ length: TIMERS });
      const slot = id === 0 ? own.indexOf(undefined) : id - 1;
      if (id === 0 && slot < 0) return NO_TIMER;
      if (slot >= TIMERS || (id !== 0 && own[slot] === undefined)) return undefined;
      own[slot] = id !== 0 && timeout === 0 ? undefined : clock.now() + timeout * NS_PER_SECOND;
      timers.set(domid, own);
      settle();
      return id === 0 ? slot + 1 : 0;
    },
    next: () => first,
    expire() {
      if (first > clock.now()) return;
      for (const [domid, own] of timers) {
        const domain = domains.get(domid);
        const isDue = own.some((at) => at !== undefined && at <= clock.now());
        if (domain?.state === "running" && !isDue) continue;
        timers.delete(domid);
        if (domain?.state !== "running") continue;
        if (trace.on) trace.emit("watchdog", { domid });
        domains.shutdown(domain, C.SHUTDOWN.watchdog);
      }
      settle();
    },
    forget(domid) {
      timers.delete(domid);
      settle();
    },
    save: () => [...timers].map(([domid, own]) => [domid, own.map((at) => at ?? null)]),
    load(state) {
      timers.clear();
      for (const entry of jsonList(state, "watchdogs")) {
        const [domid, own] = jsonList(entry, "a domain's watchdogs");
        timers.set(jsonNumber(domid, "a domid"), jsonList(own, "watchdogs").map((at) => (at === null ? undefined : jsonNumber(at, "a watchdog"))));
      }
      settle();
    },
  };
}
