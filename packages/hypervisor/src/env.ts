/** What the derived checks of a hypercall may ask about the caller, and guest arrays behind handles. */
import { getU53, setU53 } from "@granule/codec";
import { fail, ipaFromX, ok, type Result } from "@granule/units";
import { C, type CheckEnv, type GuestArray, type GuestBytes } from "@granule/xen-abi";
import type { Domains, GuestMemory, Vcpu } from "./contract.ts";

/** Reads and writes guest buffers of one ABI: v1 by VA, v2 by IPA of own RAM. */
export interface GuestBuffers {
  read(vcpu: Vcpu, abi: 1 | 2, at: bigint, into: Uint8Array): Result<undefined, "EFAULT">;
  write(vcpu: Vcpu, abi: 1 | 2, at: bigint, from: Uint8Array): Result<undefined, "EFAULT">;
}

export const createGuestBuffers = (memory: GuestMemory): GuestBuffers => ({
  read(vcpu, abi, at, into) {
    if (abi === 1) return memory.readVa(vcpu, at, into);
    const a = ipaFromX(at);
    return a.ok ? memory.readIpa(vcpu.domain, a.value, into) : fail("EFAULT", a.why);
  },
  write(vcpu, abi, at, from) {
    if (abi === 1) return memory.writeVa(vcpu, at, from);
    const a = ipaFromX(at);
    return a.ok ? memory.writeIpa(vcpu.domain, a.value, from) : fail("EFAULT", a.why);
  },
});

export function createCheckEnv(vcpu: Vcpu, domains: Domains, buffers: GuestBuffers): CheckEnv {
  const { domain } = vcpu;
  const array = (address: bigint, element: 4 | 8): GuestArray => {
    const word = new DataView(new ArrayBuffer(8));
    const bytes = new Uint8Array(word.buffer, 0, element);
    return {
      at(index) {
        const r = buffers.read(vcpu, 1, address + BigInt(index * element), bytes);
        return r.ok ? ok(element === 8 ? getU53(word, 0) : word.getUint32(0, true)) : r;
      },
      put(index, value) {
        if (element === 4) word.setUint32(0, value, true);
        else if (value < 0) word.setBigInt64(0, BigInt(value), true);
        else setU53(word, 0, value);
        return buffers.write(vcpu, 1, address + BigInt(index * element), bytes);
      },
    };
  };
  const bytes = (address: bigint): GuestBytes => ({
    isNull: address === 0n,
    read: (offset, into) => buffers.read(vcpu, 1, address + BigInt(offset), into),
    write: (offset, from) => buffers.write(vcpu, 1, address + BigInt(offset), from),
  });
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
