/** Loads and stores of a scripted guest: through its translator, charged, naturally aligned ones single-copy atomic. */
import { add, type Bytes, ModelBug, offsetIn, toNumber, type Va, XEN_PAGE } from "@granule/units";
import { EC, ESR_ELx, faultStatus, ISS_DATA_ABORT } from "@granule/arm";
import { getU53, setU53 } from "@granule/codec";
import { type AccessKind, type RefusedAccess, type ScriptedHost, type Guest, GuestAbort, READ, WRITE } from "./contract.ts";

/** A translation holds to the end of the smallest granule around the address, whatever the granules are. */
const UNIT: Bytes = XEN_PAGE.size;
/** An emulated device answered instead of memory; its value is in `emulated`. */
const DEVICE = -1;
/** How often a host may say "retry" to one access before the model is wrong. */
const MAX_RETRIES = 4;

/** Bytes of an atomic access. */
const WORD: Bytes = 4;
/** Bytes that a scripted guest moves for the price of one instruction. */
const BYTES_PER_INSTRUCTION = 8;

export type GuestAccess = Pick<
  Guest,
  "load8" | "load16" | "load32" | "load53" | "load64" | "store8" | "store16" | "store32" | "store53" | "store64" | "read" | "write" | "fill" | "compareAndSwap32" | "fetchOr32" | "fetchAnd32"
>;

/** `hold`: the host wants no abort, but that the program ends before this access. */
export function createGuestAccess(host: ScriptedHost, hold: (refused: RefusedAccess) => void): GuestAccess {
  const { memory, regs, translator } = host;
  const { view, u8, i32 } = memory;
  const base = toNumber(memory.base);
  let emulated = 0;
  const scratch = new DataView(new ArrayBuffer(8));
  const scratchBytes = new Uint8Array(scratch.buffer);

  /** Offset in memory of an access within one unit, or DEVICE. */
  const locate = (at: Va, bytes: Bytes, access: AccessKind, value: number): number => {
    regs.retired++;
    for (let tries = 0; tries < MAX_RETRIES; tries++) {
      const pa = translator.translate(at, access, false);
      if (pa >= 0) return pa - base;
      const info = { ...translator.abort, bytes };
      const answer = info.stage === 2 ? host.abort(info, value) : "inject";
      if (typeof answer === "number") {
        emulated = answer;
        return DEVICE;
      }
      if (answer !== "inject") continue;
      if (info.stage === 2 && info.ipa !== undefined) {
        const refused = { va: at, ipa: info.ipa, access };
        if (host.holds?.(refused) === true) hold(refused);
      }
      throw new GuestAbort(info);
    }
    throw new ModelBug("an access faults although the host said to retry it");
  };
  /** Runs `each` over the pieces of a range that lie in one unit; the offset is DEVICE where no memory is. */
  const walk = (at: Va, size: Bytes, access: AccessKind, each: (offset: number, done: Bytes, n: Bytes) => void): void => {
    for (let done = 0; done < size; ) {
      const here = add(at, done);
      const n = Math.min(size - done, UNIT - offsetIn(here, UNIT));
      const o = locate(here, n, access, 0);
      regs.retired += Math.floor(n / BYTES_PER_INSTRUCTION);
      each(o, done, n);
      done += n;
    }
  };
  // a device among the bytes of a block copy reads as zero and swallows writes
  const read = (at: Va, into: Uint8Array): void =>
    walk(at, into.length, READ, (o, done, n) => {
      if (o === DEVICE) into.fill(0, done, done + n);
      else into.set(u8.subarray(o, o + n), done);
    });
  const write = (at: Va, from: Uint8Array): void =>
    walk(at, from.length, WRITE, (o, done, n) => {
      if (o !== DEVICE) u8.set(from.subarray(done, done + n), o);
    });
  const aligned = (at: Va, bytes: Bytes): boolean => offsetIn(at, bytes) === 0;

  /** Scalar loads and stores: the aligned fast path, else byte by byte through `read` and `write`. */
  const load = (at: Va, bytes: 1 | 2 | 4 | 8, get: (v: DataView, o: number) => number): number => {
    if (!aligned(at, bytes)) {
      read(at, scratchBytes.subarray(0, bytes));
      return get(scratch, 0);
    }
    const o = locate(at, bytes, READ, 0);
    return o === DEVICE ? emulated : get(view, o);
  };
  const store = (at: Va, bytes: 1 | 2 | 4 | 8, value: number, set: (v: DataView, o: number, x: number) => void): void => {
    if (!aligned(at, bytes)) {
      set(scratch, 0, value);
      write(at, scratchBytes.slice(0, bytes));
      return;
    }
    const o = locate(at, bytes, WRITE, value);
    if (o !== DEVICE) set(view, o, value);
  };
  const get8 = (v: DataView, o: number): number => v.getUint8(o);
  const get16 = (v: DataView, o: number): number => v.getUint16(o, true);
  const get32 = (v: DataView, o: number): number => v.getUint32(o, true);
  const set8 = (v: DataView, o: number, x: number): void => v.setUint8(o, x);
  const set16 = (v: DataView, o: number, x: number): void => v.setUint16(o, x, true);
  const set32 = (v: DataView, o: number, x: number): void => v.setUint32(o, x, true);
  const refuse = (at: Va, kind: "alignment" | "externalAbort"): GuestAbort => {
    const esr = Number(ESR_ELx.encode({ EC: EC.DATA_ABORT_SAME, IL: 1, ISS: Number(ISS_DATA_ABORT.encode({ WnR: 1, DFSC: faultStatus(kind, 0) })) }));
    return new GuestAbort({ esr, va: at, bytes: WORD, write: true, stage: 1, ipa: undefined });
  };
  /** Index of an aligned word in `i32`. @throws GuestAbort for an unaligned word, before it is translated, and for a device. */
  const word = (at: Va): number => {
    if (!aligned(at, WORD)) throw refuse(at, "alignment");
    const o = locate(at, WORD, WRITE, 0);
    if (o === DEVICE) throw refuse(at, "externalAbort");
    return o / WORD;
  };
  const modify = (at: Va, f: (old: number) => number): number => {
    const i = word(at);
    const old = (i32[i] ?? 0) >>> 0;
    i32[i] = f(old);
    return old;
  };
  return {
    load8: (at) => load(at, 1, get8),
    load16: (at) => load(at, 2, get16),
    load32: (at) => load(at, 4, get32),
    load53: (at) => load(at, 8, getU53),
    load64(at) {
      const b = new Uint8Array(8);
      if (!aligned(at, 8)) {
        read(at, b);
        return new DataView(b.buffer).getBigUint64(0, true);
      }
      const o = locate(at, 8, READ, 0);
      return o === DEVICE ? BigInt(emulated) : view.getBigUint64(o, true);
    },
    store8: (at, value) => store(at, 1, value, set8),
    store16: (at, value) => store(at, 2, value, set16),
    store32: (at, value) => store(at, 4, value, set32),
    store53: (at, value) => store(at, 8, value, setU53),
    store64(at, value) {
      scratch.setBigUint64(0, BigInt.asUintN(64, value), true);
      if (!aligned(at, 8)) return write(at, scratchBytes.slice());
      const o = locate(at, 8, WRITE, Number(BigInt.asUintN(53, value)));
      if (o !== DEVICE) view.setBigUint64(o, BigInt.asUintN(64, value), true);
    },
    read,
    write,
    fill: (at, size, value) => walk(at, size, WRITE, (o, _done, n) => void (o === DEVICE || u8.fill(value, o, o + n))),
    compareAndSwap32: (at, expected, value) => modify(at, (old) => (old === expected >>> 0 ? value : old)),
    fetchOr32: (at, bits) => modify(at, (old) => old | bits),
    fetchAnd32: (at, bits) => modify(at, (old) => old & bits),
  };
}
