/**
 * Firmware calls by HVC #0 or SMC #0: SMCCC 1.1 and PSCI 1.1.
 * Sources: Arm DEN0028 "SMC Calling Convention", DEN0022 "Power State Coordination Interface" 1.1. Where a specification leaves a
 * choice, the answer is what Xen 4.17 gave when it was asked.
 * The function identifier is W0. Calls of the 32-bit convention take W1..W3 and answer in W0: the upper half of X0 is the
 * sign, as Xen has it.
 */
import type { AffinityState, Firmware, FirmwareHost } from "../contract.ts";

/** DEN0028, 7 "Arm Architecture Calls". */
const SMCCC_VERSION = 0x8000_0000;
const SMCCC_ARCH_FEATURES = 0x8000_0001;
const SMCCC_ARCH_WORKAROUND_1 = 0x8000_8000;
/** DEN0022, 5.1 "Function prototypes"; 64-bit calls have bit 30. */
const PSCI_VERSION = 0x8400_0000;
const CPU_SUSPEND = 0x8400_0001;
const CPU_OFF = 0x8400_0002;
const CPU_ON = 0x8400_0003;
const AFFINITY_INFO = 0x8400_0004;
const MIGRATE_INFO_TYPE = 0x8400_0006;
const SYSTEM_OFF = 0x8400_0008;
const SYSTEM_RESET = 0x8400_0009;
const PSCI_FEATURES = 0x8400_000a;
/** The 64-bit convention of a call that has both. */
const CALL_64 = 0x4000_0000;
/** General service queries (DEN0028, 5.3): call count, UID, revision, of the standard secure and the hypervisor services. */
const STANDARD_UID = 0x8400_ff01;
const STANDARD_REVISION = 0x8400_ff03;
const HYPERVISOR_COUNT = 0x8500_ff00;
const HYPERVISOR_UID = 0x8500_ff01;
const HYPERVISOR_REVISION = 0x8500_ff03;

/** DEN0022, 5.2.2 "Return error codes". */
const SUCCESS = 0;
const NOT_SUPPORTED = -1;
const INVALID_PARAMETERS = -2;
const ALREADY_ON = -4;
const ON_PENDING = -5;
const INVALID_ADDRESS = -9;

/** Major in 31:16, minor in 15:0. */
const VERSION_1_1 = 0x1_0001;
/** MIGRATE_INFO_TYPE 2: no Trusted OS, or one that needs no migration. */
const NO_MIGRATION = 2;
const AFFINITY: Readonly<Record<AffinityState, number>> = { on: 0, off: 1, "on-pending": 2 };

/** What PSCI_FEATURES knows: PSCI calls of either convention and SMCCC_VERSION. */
const FEATURES: ReadonlySet<number> = /* @__PURE__ */ new Set([
  SMCCC_VERSION, PSCI_VERSION, CPU_SUSPEND, CPU_SUSPEND + CALL_64, CPU_OFF, CPU_ON, CPU_ON + CALL_64, AFFINITY_INFO, AFFINITY_INFO + CALL_64, MIGRATE_INFO_TYPE,
  SYSTEM_OFF, SYSTEM_RESET, PSCI_FEATURES,
]);
/** Xen's UID of the hypervisor service, and that of its standard service (PSCI), as x0..x3. */
const XEN_HYPERVISOR_UID = [0xdc1218a7, 0x694398c6, 0xd179cf9a, 0x67e6de8d] as const;
const XEN_STANDARD_UID = [0x6f3863f8, 0xbd4c394b, 0x16ce2092, 0x6f9fe541] as const;
const HYPERVISOR_CALLS = 3;

/** Whose firmware it is. */
export interface FirmwareOptions {
  /** Answer Xen's UIDs and revisions (default false: NOT_SUPPORTED). */
  readonly xen?: boolean;
}

/** Aff3 in 39:32, Aff2..Aff0 in 23:0: other bits of a target must be 0. */
const AFFINITY_BITS = 0xff_00ff_ffffn;

/**
 * Answers calls of HVC #0 and SMC #0.
 *
 * @example
 * const firmware = createFirmware({ vcpuOf: (mpidr) => (mpidr < 2n ? Number(mpidr) : undefined), ... });
 * firmware.call(0, regs.view); // x0 was 0x84000000, and is 0x10001
 */
export function createFirmware(host: FirmwareHost, { xen = false }: FirmwareOptions = {}): Firmware {
  const targetOf = (x: DataView, wide: boolean): number | undefined => {
    const mpidr = argument(x, 1, wide);
    return (mpidr & ~AFFINITY_BITS) === 0n ? host.vcpuOf(mpidr) : undefined;
  };
  function cpuOn(x: DataView, wide: boolean): number {
    const target = targetOf(x, wide);
    if (target === undefined) return INVALID_PARAMETERS;
    const state = host.state(target);
    if (state !== "off") return state === "on" ? ALREADY_ON : ON_PENDING;
    return host.cpuOn(target, argument(x, 2, wide), argument(x, 3, wide)) ? SUCCESS : INVALID_ADDRESS;
  }
  function affinityInfo(x: DataView, wide: boolean): number {
    const target = targetOf(x, wide);
    // Affinity levels above 0 are not described in any topology here, and PSCI 1.x need not take them.
    return target === undefined || argument(x, 2, wide) !== 0n ? INVALID_PARAMETERS : AFFINITY[host.state(target)];
  }

  /** The answer for x0; undefined: the call does not return, or has answered itself. */
  function answer(vcpu: number, id: number, x: DataView): number | undefined {
    switch (id) {
      case SMCCC_VERSION:
      case PSCI_VERSION: return VERSION_1_1;
      // The branch predictor hardening that guests ask for has nothing to do here: it is there, and succeeds.
      case SMCCC_ARCH_FEATURES: return x.getUint32(8, true) === SMCCC_ARCH_WORKAROUND_1 ? SUCCESS : NOT_SUPPORTED;
      case SMCCC_ARCH_WORKAROUND_1: return SUCCESS;
      case PSCI_FEATURES: return FEATURES.has(x.getUint32(8, true)) ? SUCCESS : NOT_SUPPORTED;
      case MIGRATE_INFO_TYPE: return NO_MIGRATION;
      case CPU_ON:
      case CPU_ON + CALL_64: return cpuOn(x, id !== CPU_ON);
      case AFFINITY_INFO:
      case AFFINITY_INFO + CALL_64: return affinityInfo(x, id !== AFFINITY_INFO);
      case CPU_SUSPEND:
      case CPU_SUSPEND + CALL_64:
        // DEN0022, 5.4.1: an implementation may make any state a standby state, and then the call returns.
        host.standby(vcpu);
        return SUCCESS;
      case CPU_OFF: return host.cpuOff(vcpu), undefined;
      case SYSTEM_OFF: return host.systemOff(vcpu), undefined;
      case SYSTEM_RESET: return host.systemReset(vcpu), undefined;
    }
    return xen ? xenService(id, x) : NOT_SUPPORTED;
  }
  return {
    call(vcpu, x) {
      const result = answer(vcpu, x.getUint32(0, true), x);
      if (result === undefined) return;
      x.setInt32(0, result, true);
      x.setInt32(4, result < 0 ? -1 : 0, true);
    },
  };
}

/** Argument `n` (x1..x3): a W register in the 32-bit convention. */
const argument = (x: DataView, n: number, wide: boolean): bigint => (wide ? x.getBigUint64(8 * n, true) : BigInt(x.getUint32(8 * n, true)));

function xenService(id: number, x: DataView): number | undefined {
  switch (id) {
    case HYPERVISOR_COUNT: return HYPERVISOR_CALLS;
    case HYPERVISOR_UID: return identify(x, XEN_HYPERVISOR_UID);
    case STANDARD_UID: return identify(x, XEN_STANDARD_UID);
    case HYPERVISOR_REVISION:
    case STANDARD_REVISION:
      // Major 0 in x0, minor 1 in x1.
      x.setBigUint64(8, 1n, true);
      return 0;
  }
  return NOT_SUPPORTED;
}
function identify(x: DataView, uid: readonly number[]): undefined {
  uid.forEach((word, i) => x.setBigUint64(8 * i, BigInt(word), true));
}
