/**
 * What the page and the worker say to each other: the page boots and types, the worker tells. One worker runs one machine; to
 * stop it, the page ends the worker. All of it survives a structured clone.
 */
import type { Bytes, GranuleName } from "@granule/units";

/** "xen": a domain with all that Xen's toolstack gives one. "virt": a plain machine, for bare-metal programs. */
export type MachineKind = "xen" | "virt";

/** A boot as the form says it. */
export interface BootSetting {
  readonly machine: MachineKind;
  /** The kernel's file. */
  readonly kernel: Uint8Array;
  /** The initramfs' file, as the kernel shall see it. */
  readonly initrd?: Uint8Array;
  readonly cmdline: string;
  /** RAM in bytes; a multiple of 64 KiB. */
  readonly memory: Bytes;
  /** 1 to 8. */
  readonly vcpus: number;
  /** Name of a CPU model. */
  readonly cpu: string;
  /** G; absent: the CPU's smallest. */
  readonly stage2?: GranuleName;
  /** While the guest waits, the machine's clock jumps; otherwise it goes as the wall's. */
  readonly skipsIdle: boolean;
}

export type ToWorker =
  | { readonly kind: "boot"; readonly setting: BootSetting }
  | { readonly kind: "type"; readonly text: string };

/** "waiting": for a time. "stuck": for somebody who types. */
export type Activity = "running" | "waiting" | "stuck";
export interface Statistics {
  readonly activity: Activity;
  readonly instructions: number;
  /** Since the boot, of the wall's clock, in milliseconds. */
  readonly wall: number;
  /** In which the engine ran, in milliseconds. */
  readonly busy: number;
  /** Of the machine's clock, in ns. */
  readonly time: number;
  /** Calls by name, most first. */
  readonly hypercalls: readonly (readonly [name: string, count: number])[];
  readonly firmwareCalls: number;
}

/** Why a boot was refused, or what went wrong on this side. */
export interface Problem {
  /** GRAN0101 and the like; absent: none of the known. */
  readonly code?: string;
  readonly message: string;
  /** What to do, one sentence. */
  readonly hint?: string;
}

export type FromWorker =
  | { readonly kind: "started" }
  | { readonly kind: "output"; readonly text: string }
  | { readonly kind: "statistics"; readonly statistics: Statistics }
  | { readonly kind: "ended"; readonly reason: "poweroff" | "reboot" | "suspend" | "crash"; readonly why: string }
  | { readonly kind: "failed"; readonly problem: Problem };
