/** What the derived checks of a hypercall may ask about the caller, and guest arrays behind handles. */
import { getU53, setU53 } from "@granule/codec";
import { add, type Address, fail, hex, type Ipa, ipaFromWords, ok, type Result, type Va, vaFromWords } from "@granule/units";
import type { VcpuRegs } from "@granule/machine";
import { C, type CheckEnv, type GuestArray, type GuestBytes } from "@granule/xen-abi";
import type { Domains, GuestMemory, Vcpu } from "./contract.ts";

/** Where a buffer is: a VA in ABI v1, an IPA in v2. */
export type GuestPointer = Address<"va" | "ipa">;

/** Reads and writes guest buffers of one ABI: v1 by VA, v2 by IPA of own RAM. */
export interface GuestBuffers {
  /** A register, as two words, as a pointer of that ABI; undefined when no address is meant. */
  pointer(vcpu: Vcpu, abi: 1 | 2, hi: number, lo: number): GuestPointer | undefined;
  read(vcpu: Vcpu, abi: 1 | 2, at: GuestPointer, into: Uint8Array): Result<undefined, "EFAULT">;
  write(vcpu: Vcpu, abi: 1 | 2, at: GuestPointer, from: Uint8Array): Result<undefined, "EFAULT">;
}

/** Pointers come from {@link GuestBuffers.pointer} with the same ABI. */
const isVa = (abi: 1 | 2, _at: GuestPointer): _at is Va => abi === 1;
const isIpa = (abi: 1 | 2, _at: GuestPointer): _at is Ipa => abi === 2;

/** `vaOf`: which VA a register means that is not canonical, where that is for the personality to say; else its tag byte is ignored. */
export const createGuestBuffers = (memory: GuestMemory, vaOf: (regs: VcpuRegs, hi: number, lo: number) => Va | undefined = () => undefined): GuestBuffers => ({
  pointer: (vcpu, abi, hi, lo) => (abi === 2 ? ipaFromWords(hi, lo) : (vaFromWords(hi, lo) ?? vaOf(vcpu.regs, hi, lo) ?? vaFromWords(hi, lo, true))),
  read(vcpu, abi, at, into) {
    if (isVa(abi, at)) return memory.readVa(vcpu, at, into);
    return isIpa(abi, at) ? memory.readIpa(vcpu.domain, at, into) : fail("EFAULT", "no pointer");
  },
  write(vcpu, abi, at, from) {
    if (isVa(abi, at)) return memory.writeVa(vcpu, at, from);
    return isIpa(abi, at) ? memory.writeIpa(vcpu.domain, at, from) : fail("EFAULT", "no pointer");
  },
});

const WORD = 32n;
const none = (address: bigint) => fail("EFAULT", `${hex(address)} is no address that the vcpu could translate`);

export function createCheckEnv(vcpu: Vcpu, domains: Domains, buffers: GuestBuffers): CheckEnv {
  const { domain } = vcpu;
  // arrays behind handles exist in ABI v1 only
  const pointer = (address: bigint): GuestPointer | undefined => buffers.pointer(vcpu, 1, Number(address >> WORD), Number(BigInt.asUintN(32, address)));
  const array = (address: bigint, element: 4 | 8): GuestArray => {
    const word = new DataView(new ArrayBuffer(8));
    const bytes = new Uint8Array(word.buffer, 0, element);
    const start = pointer(address);
    return {
      at(index) {
        if (start === undefined) return none(address);
        const r = buffers.read(vcpu, 1, add(start, index * element), bytes);
        return r.ok ? ok(element === 8 ? getU53(word, 0) : word.getUint32(0, true)) : r;
      },
      put(index, value) {
        if (start === undefined) return none(address);
        if (element === 4) word.setUint32(0, value, true);
        else if (value < 0) word.setBigInt64(0, BigInt(value), true);
        else setU53(word, 0, value);
        return buffers.write(vcpu, 1, add(start, index * element), bytes);
      },
    };
  };
  const bytes = (address: bigint): GuestBytes => {
    const start = pointer(address);
    return {
      isNull: address === 0n,
      read: (offset, into) => (start === undefined ? none(address) : buffers.read(vcpu, 1, add(start, offset), into)),
      write: (offset, from) => (start === undefined ? none(address) : buffers.write(vcpu, 1, add(start, offset), from)),
    };
  };
  return {
    self: domain.domid,
    get vcpus() {
      return domain.vcpus.length;
    },
    granule: domain.granule.size,
    ipaLimit: domain.p2m.ipaLimit,
    domain(domid, call) {
      const target = domains.get(domid === C.DOMID_SELF ? domain.domid : domid);
      if (target === undefined) return "unknown";
      return domains.mayTalk(domain, target) || call.abi === 1 ? "ok" : "denied";
    },
    array,
    bytes,
  };
}
