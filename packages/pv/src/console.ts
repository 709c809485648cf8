/**
 * The PV console: a guest writes text to a service domain and reads what a person types. The guest's end is a driver of
 * its kernel; the other is a {@link Service} for any number of guests.
 * Source: xen/include/public/io/console.h; the ring is found through HVM_PARAM_CONSOLE_PFN or ABI v2's parameters.
 */
import { findRing } from "@granule/guest-sdk";
import type { Kernel, Mapping } from "@granule/guest-sdk/contract";
import type { Trap } from "@granule/machine";
import { type Bytes, fail, ok, type Result, vaFromIpa } from "@granule/units";
import { C, XENCONS_IN_SIZE, XENCONS_OUT_SIZE, XenconsInterface } from "@granule/xen-abi";
import { type StreamLayout, streamReader, type StreamReader, streamWriter, type StreamWriter } from "./byteStream.ts";
import { mapReservedRing } from "./reservedRing.ts";
import type { Service } from "./serve.ts";
import { wordsAt } from "./words.ts";

const F = XenconsInterface.fields;
const TO_GUEST: StreamLayout = { buffer: F.in.offset, size: XENCONS_IN_SIZE, cons: F.in_cons.offset, prod: F.in_prod.offset };
const FROM_GUEST: StreamLayout = { buffer: F.out.offset, size: XENCONS_OUT_SIZE, cons: F.out_cons.offset, prod: F.out_prod.offset };
/** What waits for a guest that does not read; more is dropped, oldest first. */
const INPUT_LIMIT: Bytes = 8 * XENCONS_IN_SIZE;

/** A guest's console. */
export interface GuestConsole {
  /** Sleeps while the ring is full. False: the other end broke the ring. */
  write(text: string): Trap<boolean>;
  /** What was typed and not read yet; empty: nothing. Undefined: the other end broke the ring. */
  read(): Trap<string | undefined>;
}

/** Finds the ring. ENODEV: this domain has no console. */
export function* openConsole(k: Kernel): Trap<Result<GuestConsole, "ENODEV">> {
  const found = yield* findRing(k, k.query, "console");
  if (found === undefined) return fail("ENODEV", "the domain has no console ring");
  const words = wordsAt(k.g, vaFromIpa(found.memory.start));
  const out = streamWriter(words, FROM_GUEST);
  const input = streamReader(words, TO_GUEST);
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  // only has to wake this kernel
  k.events.on(found.port, () => undefined);
  return ok({
    *write(text) {
      const bytes = encoder.encode(text);
      for (let done = 0; done < bytes.length; ) {
        const n = out.write(bytes.subarray(done));
        if (n < 0) return false;
        done += n;
        yield* k.events.send(found.port);
        if (done < bytes.length) yield* k.events.waitFor(() => out.room() !== 0);
      }
      return true;
    },
    *read() {
      const bytes = input.read();
      if (bytes !== undefined && bytes.length > 0) yield* k.events.send(found.port);
      return bytes === undefined ? undefined : decoder.decode(bytes, { stream: true });
    },
  });
}

/** The other end, for many guests. Its host calls everything but `service`, and then wakes the domain's vcpu. */
export interface ConsoleHub {
  /** Serve a guest's ring; `port`: the guest's event channel, unbound, for this domain. */
  attach(domid: number, port: number): void;
  detach(domid: number): void;
  /** Types: the guest reads it. */
  type(domid: number, text: string): void;
  /** Why a guest is not served; undefined: it is, or nobody asked for it. */
  faultOf(domid: number): string | undefined;
  service(k: Kernel): Service;
}

interface Client {
  readonly port: number;
  readonly mapping: Mapping;
  readonly output: StreamReader;
  readonly input: StreamWriter;
  /** Keeps a character whose bytes are not all there. */
  readonly decode: (bytes: Uint8Array) => string;
}

/** `onText` gets what guests write, in order for each, in pieces as they come. */
export function consoleHub(onText: (domid: number, text: string) => void): ConsoleHub {
  const orders: { readonly domid: number; readonly port: number | undefined }[] = [];
  const clients = new Map<number, Client>();
  const faults = new Map<number, string>();
  const typed = new Map<number, Uint8Array>();
  const encoder = new TextEncoder();
  let isKicked = false;

  function* detach(k: Kernel, domid: number): Trap<void> {
    const client = clients.get(domid);
    if (client === undefined) return;
    clients.delete(domid);
    yield* k.events.close(client.port);
    yield* k.mapper.unmap([client.mapping]);
  }
  function* attach(k: Kernel, domid: number, remotePort: number): Trap<void> {
    const mapped = yield* mapReservedRing(k, domid, C.GNTTAB_RESERVED_CONSOLE);
    if (!mapped.ok) return void faults.set(domid, mapped.why);
    const port = yield* k.events.bindInterdomain(domid, remotePort);
    if (!port.ok) {
      yield* k.mapper.unmap([mapped.value]);
      return void faults.set(domid, `port ${remotePort}: ${port.why}`);
    }
    k.events.on(port.value, () => void (isKicked = true));
    const words = wordsAt(k.g, mapped.value.va);
    const decoder = new TextDecoder();
    const decode = (bytes: Uint8Array): string => decoder.decode(bytes, { stream: true });
    clients.set(domid, { port: port.value, mapping: mapped.value, output: streamReader(words, FROM_GUEST), input: streamWriter(words, TO_GUEST), decode });
  }
  /** One ring's worth in each direction; false: the guest broke a stream. */
  function* pump(k: Kernel, domid: number, client: Client): Trap<boolean> {
    const bytes = client.output.read();
    const waiting = typed.get(domid) ?? new Uint8Array(0);
    const given = client.input.write(waiting);
    if (bytes === undefined || given < 0) return false;
    if (bytes.length > 0) onText(domid, client.decode(bytes));
    if (given > 0) typed.set(domid, waiting.slice(given));
    if (bytes.length > 0 || given > 0) {
      yield* k.events.send(client.port);
      isKicked = true;
    }
    return true;
  }
  return {
    attach: (domid, port) => void orders.push({ domid, port }),
    detach: (domid) => void orders.push({ domid, port: undefined }),
    type(domid, text) {
      const all = new Uint8Array([...(typed.get(domid) ?? []), ...encoder.encode(text)]);
      typed.set(domid, all.slice(-INPUT_LIMIT));
      isKicked = true;
    },
    faultOf: (domid) => faults.get(domid),
    service: (k) => ({
      isReady: () => isKicked || orders.length > 0,
      *step() {
        isKicked = false;
        for (let order = orders.shift(); order !== undefined; order = orders.shift()) {
          yield* detach(k, order.domid);
          faults.delete(order.domid);
          typed.delete(order.domid);
          if (order.port !== undefined) yield* attach(k, order.domid, order.port);
        }
        for (const [domid, client] of clients) {
          if (yield* pump(k, domid, client)) continue;
          faults.set(domid, "ring indices contradict each other: more bytes than the ring has");
          yield* detach(k, domid);
        }
        return true;
      },
    }),
  };
}
