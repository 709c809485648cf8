/**
 * Loads, stores and prefetches of general registers. Source: Arm ARM DDI 0487, C6.2, "Operation" of LDR, STR, LDP, STP, LDXR,
 * STXR, LDAR, STLR, PRFM; B2.9 "Synchronization and semaphores". Where those allow a choice (CONSTRAINED UNPREDICTABLE):
 *
 * - writeback to a register that is transferred: a load's writeback wins; a store stores the old value;
 * - a pair loaded into one register: the first wins, as in QEMU; a store exclusive whose status register is its data or base
 *   register stores the old data at the old address;
 * - a store exclusive succeeds when address and size are those of the load exclusive and memory still holds what that loaded:
 *   so stores of others are seen, and this PE's own between them clear the monitor when they change the value.
 *
 * All registers are written last, so an abort leaves them as they were.
 */
import { ModelBug } from "@granule/units";
import type { Fields, Row, Transfer } from "../spec/row.ts";
import { extend, ones, signedField, signExtend } from "./bits.ts";
import { baseAddress, checkAlignment, type Core, type Execute, load, type MemoryAccess, readX, readXSp, store, writeX, writeXSp } from "./core.ts";

interface Located {
  readonly address: bigint;
  /** The new base, for pre and post index. */
  readonly writeback: bigint | undefined;
}
const add = (base: bigint, offset: bigint): bigint => (base + offset) & ones(64);

/** imm9 counts bytes, imm7 elements of a pair. */
const signedOffset = (f: Fields, { bytes, pair }: { readonly bytes: number; readonly pair: boolean }): bigint => BigInt(pair ? signedField(f.imm7, 7) * bytes : signedField(f.imm9, 9));

/** Where a load or store goes, of general registers or of others. */
export function locate(core: Core, f: Fields, row: Row, transfer: Pick<Transfer, "pair"> & { readonly kind: string; readonly bytes: number }): Located {
  if (row.addressing === "literal") return { address: add(core.state.pc, BigInt(signedField(f.imm19, 19) * 4)), writeback: undefined };
  const base = transfer.kind === "prefetch" ? readXSp(core, f.Rn) : baseAddress(core, f.Rn);
  switch (row.addressing) {
    case "unsignedOffset":
      return { address: add(base, BigInt(f.imm12 * transfer.bytes)), writeback: undefined };
    case "signedOffset":
      return { address: add(base, signedOffset(f, transfer)), writeback: undefined };
    case "registerOffset":
      return { address: add(base, extend(readX(core, f.Rm), 64, f.option, f.S === 1 ? Math.log2(transfer.bytes) : 0)), writeback: undefined };
    case "preIndex": {
      const address = add(base, signedOffset(f, transfer));
      return { address, writeback: address };
    }
    case "postIndex":
      return { address: base, writeback: add(base, signedOffset(f, transfer)) };
    case "base":
      return { address: base, writeback: undefined };
    default:
      throw new ModelBug(`${row.name} has no addressing`);
  }
}

const extended = (value: bigint, { bytes, signed, width }: Transfer): bigint => (signed ? signExtend(value, bytes * 8, width) : value);

/** Stores when the monitor passes it, and gives the status: 0 done, 1 not. */
function storeExclusive(core: Core, f: Fields, transfer: Transfer, address: bigint, access: MemoryAccess): void {
  const { monitor } = core.state;
  const bytes = transfer.bytes * (transfer.pair ? 2 : 1);
  const isOpen = monitor !== undefined && monitor.address === address && monitor.bytes === bytes;
  core.state.monitor = undefined;
  const passes = isOpen && isUnchanged(core, transfer, address, access, monitor.values);
  if (passes) storeAll(core, f, transfer, address, access);
  writeX(core, f.Rs, passes ? 0n : 1n);
}

/** What cannot be read is asked for as a store. */
function isUnchanged(core: Core, { bytes, pair }: Transfer, address: bigint, access: MemoryAccess, values: readonly [bigint, bigint]): boolean {
  const rights = { el0: core.state.el === 0 || access.unprivileged === true };
  const first = core.memory.load(address, bytes, rights);
  if (typeof first !== "bigint") return true;
  const second = pair ? core.memory.load(add(address, BigInt(bytes)), bytes, rights) : 0n;
  return typeof second !== "bigint" || (first === values[0] && second === values[1]);
}

function storeAll(core: Core, f: Fields, { bytes, pair }: Transfer, address: bigint, access: MemoryAccess): void {
  store(core, address, bytes, readX(core, f.Rt), access);
  if (pair) store(core, add(address, BigInt(bytes)), bytes, readX(core, f.Rt2), access);
}

/** Answers what it loaded. */
function loadAll(core: Core, f: Fields, transfer: Transfer, address: bigint, access: MemoryAccess): readonly [bigint, bigint] {
  const { bytes, pair } = transfer;
  const first = load(core, address, bytes, access);
  const second = pair ? load(core, add(address, BigInt(bytes)), bytes, access) : 0n;
  if (pair) writeX(core, f.Rt2, extended(second, transfer));
  writeX(core, f.Rt, extended(first, transfer));
  return [first, second];
}

/** Executes any row that has a transfer. */
export const transferData: Execute = (core, f, row) => {
  const { transfer } = row;
  if (transfer === undefined) throw new ModelBug(`${row.name} moves nothing`);
  const { bytes, kind, pair } = transfer;
  const { address, writeback } = locate(core, f, row, transfer);
  // A prefetch is a hint: it never faults, checks no SP alignment, and nothing here caches.
  if (kind === "prefetch") return;
  const access: MemoryAccess = { unprivileged: row.unprivileged, aligned: row.exclusive === true || row.ordered === true };
  // An exclusive pair is one access of both; LDP and STP are two.
  checkAlignment(core, address, row.exclusive === true && pair ? bytes * 2 : bytes, kind === "store", access);
  if (row.exclusive === true && kind === "store") return storeExclusive(core, f, transfer, address, access);
  if (kind === "store") storeAll(core, f, transfer, address, access);
  else {
    const values = loadAll(core, f, transfer, address, access);
    if (row.exclusive === true) core.state.monitor = { address, bytes: bytes * (pair ? 2 : 1), values };
  }
  if (writeback !== undefined) writeXSp(core, f.Rn, writeback);
};
