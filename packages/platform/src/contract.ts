/**
 * What stands around an arm64 vcpu: devices behind addresses, system registers that the PE does not hold, firmware calls,
 * memory maps and images. Everything here is driven by a host (a hypervisor) and reaches it through callbacks only.
 * Units: offsets and sizes in bytes, times in nanoseconds of the machine's clock. INTIDs are those of the GIC: SGIs 0..15,
 * PPIs 16..31, SPIs from 32.
 */
import type { Json } from "@granule/kit";
import type { AnyGranule, Bytes, Ipa, Range } from "@granule/units";

/** State as JSON and back. `load` takes only what `save` gave: anything else is a GranuleError GRAN0018. */
export interface Saved {
  save(): Json;
  load(state: Json): void;
}

/**
 * Registers at addresses. A device never throws: what the architecture leaves out (unknown, reserved, misaligned, of a
 * wrong width) reads as zero, ignores writes, and is told to {@link Ignored}.
 */
export interface MmioDevice {
  readonly name: string;
  /** Bytes that it takes in the address space. */
  readonly size: Bytes;
  /** False: an access of `bytes` bytes there is an abort. Absent: every access is answered. */
  answers?(offset: number, bytes: number): boolean;
  /** `bytes`: 1, 2, 4 or 8. The value is not negative and below 2^(8 bytes). */
  read(vcpu: number, offset: number, bytes: number): number;
  write(vcpu: number, offset: number, bytes: number, value: number): void;
}
/** An access that nothing answered to; `value` is undefined for a read. */
export type Ignored = (device: string, vcpu: number, offset: number, bytes: number, value: number | undefined) => void;

/** A GICv2 as a guest sees it. */
export interface GicV2 extends Saved {
  readonly distributor: MmioDevice;
  readonly cpuInterface: MmioDevice;
  /** Level of an input line; `vcpu` for PPIs (16..31), default 0. Edge-triggered inputs become pending when it rises. */
  setLine(intid: number, level: boolean, vcpu?: number): void;
  /**
   * One interrupt, whatever the trigger: as a write of GICD_ISPENDR makes it. What Xen does for an event channel upcall, whose cause a
   * guest clears in memory, where no line can follow it.
   */
  pulse(intid: number, vcpu?: number): void;
  /** Level of the IRQ line of a vcpu: something is pending and signalled. */
  irq(vcpu: number): boolean;
}
/** How a GICv2 is built. */
export interface GicV2Options {
  /** 1 to 8. */
  readonly vcpus: number;
  /** Shared interrupts: INTIDs 32 to 31 + `spis`; a multiple of 32 up to 960 (default 64, so up to INTID 95). */
  readonly spis?: number;
  /** The IRQ line of a vcpu changed. Called after the access or line change that did it. */
  readonly onIrq?: (vcpu: number, level: boolean) => void;
  readonly ignored?: Ignored;
}

/**
 * System registers by encoding (op0:op1:CRn:CRm:op2 packed into 16 bits). A read answers undefined, a write false, when
 * there is no such register here or the exception level may not reach it.
 */
export interface SystemRegisters {
  read(vcpu: number, key: number, el: 0 | 1): bigint | undefined;
  write(vcpu: number, key: number, value: bigint, el: 0 | 1): boolean;
}

/** The generic timers of all vcpus: CNTV_* and CNTP_* of EL0, and the counters for engines that ask. */
export interface GenericTimers extends SystemRegisters, Saved {
  /** Hz: CNTFRQ_EL0. */
  readonly frequency: number;
  /** Ticks of the physical counter (CNTPCT) and of a vcpu's virtual one (CNTVCT). */
  physicalCount(): bigint;
  virtualCount(vcpu: number): bigint;
  /** CNTVOFF_EL2, in ticks: what the virtual counter lags behind the physical one. */
  setVirtualOffset(vcpu: number, ticks: bigint): void;
  /** When the next line of this vcpu changes by itself, in ns of the clock; at or before now when {@link update} is due; Infinity: never. */
  deadline(vcpu: number): number;
  /** Sets the lines by the clock. Call it when the deadline is reached; register writes do it themselves. */
  update(vcpu: number): void;
}
/** How the timers are built. */
export interface GenericTimersOptions {
  readonly vcpus: number;
  /** Nanoseconds of the machine's clock; never runs backwards. */
  readonly now: () => number;
  /** Hz; default 62.5 MHz, 16 ns a tick. */
  readonly frequency?: number;
  /** A line changed: INTID 27 (virtual) or 30 (physical, Non-secure EL1), level-sensitive, active high. */
  readonly onLine: (intid: number, level: boolean, vcpu: number) => void;
  /** CNTKCTL_EL1 of a vcpu, which says what EL0 may reach. Default 0: nothing. */
  readonly cntkctl?: (vcpu: number) => bigint;
}

/** What AFFINITY_INFO says of a vcpu (DEN0022). */
export type AffinityState = "on" | "off" | "on-pending";
/** What firmware calls ask of the host. */
export interface FirmwareHost {
  /** vcpu index of the affinity fields of an MPIDR (Aff3..Aff0, other bits 0); undefined: no such vcpu. */
  vcpuOf(mpidr: bigint): number | undefined;
  state(vcpu: number): AffinityState;
  /** Starts a vcpu at EL1, MMU off, PC = `entry` (an IPA), x0 = `context`. False: the entry is no address of this guest. */
  cpuOn(vcpu: number, entry: bigint, context: bigint): boolean;
  /** The caller stops; it does not return. */
  cpuOff(vcpu: number): void;
  /** The caller waits for an interrupt, as WFI does, and then goes on with what the call answered. */
  standby(vcpu: number): void;
  systemOff(vcpu: number): void;
  systemReset(vcpu: number): void;
}
/** PSCI and SMCCC, for HVC #0 or SMC #0. */
export interface Firmware {
  /** Answers the call in `x` (x0..x30, little-endian u64 at byte 8 n: `VcpuRegs.view`): writes x0 (some calls x1..x3). */
  call(vcpu: number, x: DataView): void;
}

/** A serial port. */
export interface Uart extends MmioDevice, Saved {
  /** Bytes that arrive on the line. What does not fit waits; nothing is lost. */
  push(bytes: Uint8Array): void;
  /** Level of the combined interrupt, UARTINTR. */
  irq(): boolean;
}
/** Where a serial port's bytes and interrupt go. */
export interface UartOptions {
  /** A byte that the guest sent. */
  readonly output: (byte: number) => void;
  readonly onIrq?: (level: boolean) => void;
  readonly ignored?: Ignored;
}

/** An address range of a platform and, for devices, the INTIDs of it. */
export interface MapDevice {
  readonly at: Range<"ipa">;
  readonly intid?: number;
}
/** Where a guest finds things. */
export interface MemoryMap {
  readonly name: "xen" | "virt";
  readonly gicd: MapDevice;
  readonly gicc: MapDevice;
  readonly uart: MapDevice;
  /** Where RAM starts, and the most it can be in one bank. */
  readonly ram: Range<"ipa">;
  /** Xen: grant table and magic pages, and the INTID of the event channel upcall. */
  readonly xen?: { readonly grantTable: Range<"ipa">; readonly magic: Range<"ipa">; readonly eventChannel: number };
}

/** The instruction that PSCI calls are made by. */
export type PsciMethod = "hvc" | "smc";
/** What goes into a device tree. */
export interface DeviceTreeOptions {
  readonly map: MemoryMap;
  readonly vcpus: number;
  /** Bytes of RAM from `map.ram.start`. */
  readonly memory: Bytes;
  readonly cmdline?: string;
  readonly initrd?: Range<"ipa">;
  /** Default "hvc". */
  readonly psci?: PsciMethod;
  /** `compatible` of the CPU nodes; default "arm,cortex-a35". */
  readonly cpu?: string;
  /** A node for the UART; default true. */
  readonly uart?: boolean;
  /** Extended regions of the hypervisor node (after the grant table), for Xen. */
  readonly extendedRegions?: readonly Range<"ipa">[];
}

/** What a kernel's file is. */
export type ImageFormat = "Image" | "elf64" | "flat";
/** Bytes of an image, and where they go. The rest of `size` is zero. */
export interface Segment {
  /** `Image`, `flat`: bytes above the place of the image. `elf64`: the physical address (p_paddr). */
  readonly at: number;
  /** Bytes in memory. */
  readonly size: Bytes;
  readonly bytes: Uint8Array;
}
/** A kernel as its file says it. */
export interface KernelImage {
  readonly format: ImageFormat;
  /** It came in gzip. */
  readonly compressed: boolean;
  /** The page size that the header declares, if it does. */
  readonly granule: AnyGranule | undefined;
  readonly segments: readonly Segment[];
  /** As {@link Segment.at}. */
  readonly entry: number;
  /** Bytes above a multiple of `align` at which the image starts; 0 for `elf64`, whose addresses are absolute. */
  readonly textOffset: Bytes;
  /** 2 MiB for `Image` and `flat`. */
  readonly align: Bytes;
}
/** Why a file is no kernel. */
export type ImageCode =
  | "too-short" | "wrong-machine" | "wrong-class" | "big-endian" | "bad-header" | "bad-segment" | "torn-gzip" | "too-large";
/** What a header cannot say, and a limit. */
export interface LoadImageOptions {
  /** Take bytes without a known header as a flat binary, at this offset from the start of RAM. */
  readonly flatOffset?: Bytes;
  /** Bytes that a flat binary takes beyond its file (bss, stack); default 2 MiB. */
  readonly flatSlack?: Bytes;
  /** Most bytes that gzip may unpack to; default 1 GiB. */
  readonly limit?: Bytes;
}

/** What is to be placed beside the kernel. */
export interface PlaceOptions {
  /** RAM of the guest. */
  readonly ram: Range<"ipa">;
  /** Bytes of the initramfs; 0 or absent: none. */
  readonly initrd?: Bytes;
  /** Room for the device tree, in bytes; default 64 KiB. */
  readonly dtb?: Bytes;
}
/** Why it does not go. */
export type PlaceCode = "larger-than-memory" | "outside-memory" | "overlap" | "misaligned";
/** Where everything goes. */
export interface Placement {
  readonly kernel: readonly { readonly at: Ipa; readonly size: Bytes; readonly bytes: Uint8Array }[];
  /** PC at start, with x0 = `dtb.start`, x1..x3 = 0, MMU off. */
  readonly entry: Ipa;
  readonly dtb: Range<"ipa">;
  readonly initrd: Range<"ipa"> | undefined;
}
