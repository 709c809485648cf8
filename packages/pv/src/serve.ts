/** Runs several services (devices, a store) in one guest, each in turn, and sleeps when none has anything to do. */
import type { Kernel } from "@granule/guest-sdk/contract";
import type { Trap } from "@granule/machine";

/** Something that works in bounded steps. */
export interface Service {
  /** True: {@link step} would do something. Asked after events were dispatched; must not trap. */
  isReady(): boolean;
  /** One bounded step; false: it has ended, and is not asked again. */
  step(): Trap<boolean>;
}

/** Serves until all have ended or `isStopped` holds, which is asked at every wake-up. One step each, round robin: none starves. */
export function* serve(k: Kernel, services: readonly Service[], isStopped: () => boolean = () => false): Trap<void> {
  let running = [...services];
  while (running.length > 0 && !isStopped()) {
    yield* k.events.waitFor(() => isStopped() || running.some((s) => s.isReady()));
    // also when somebody was ready anyway: a busy service must not hide the events of the others
    yield* k.events.dispatch();
    const ended = new Set<Service>();
    for (const s of running) if (s.isReady() && !(yield* s.step())) ended.add(s);
    running = running.filter((s) => !ended.has(s));
  }
}
