/**
 * What Xen on Arm is given without a toolstack, as values: domains that the host's device tree describes, and the command line of
 * Xen. Source: Xen's docs/misc/arm/device-tree/booting.txt and docs/features/dom0less.pandoc, docs/misc/xen-command-line.pandoc.
 */
import type { EngineFactory, MachineParts } from "@granule/machine";
import type { Bytes } from "@granule/units";
import type { EngineName } from "../arm/engines.ts";
import type { TraceSink } from "@granule/kit";

/** A file that lies in the host's memory, as a boot loader puts it there. */
export interface LoadedFile {
  /** Host physical address of its first byte. */
  readonly address: number;
  readonly bytes: Uint8Array;
  /** For messages. */
  readonly name: string;
}

/** `xen,enhanced`: with xenstore, without it, or no PV interfaces in the domain's device tree at all. */
export type Enhanced = "enabled" | "no-xenstore" | "disabled";
/** One end of a static event channel: `xen,evtchn-v1`. */
export interface StaticChannel {
  readonly port: number;
  readonly remoteDomid: number;
  readonly remotePort: number;
}
/** One domain of the host's device tree. */
export interface DomainSetting {
  /** Full path of its node, for messages. */
  readonly node: string;
  /** 0: the control domain, whose modules are in /chosen itself. */
  readonly domid: number;
  readonly vcpus: number;
  /** RAM in bytes. */
  readonly memory: Bytes;
  readonly hasUart: boolean;
  readonly enhanced: Enhanced;
  readonly kernel: Uint8Array;
  readonly ramdisk: Uint8Array | undefined;
  readonly bootargs: string | undefined;
  readonly channels: readonly StaticChannel[];
}
/** The whole host. */
export interface HostSetting {
  readonly xsm: "dummy" | "silo";
  /** Architecture version of the host's interrupt controller: the domains have the same one. */
  readonly gic: 2 | 3;
  /** `compatible` of the host's CPU. */
  readonly cpu: string;
  /** In the order of domids. */
  readonly domains: readonly DomainSetting[];
}

export interface Dom0lessOptions {
  /** The host's device tree, flattened. */
  readonly dtb: Uint8Array;
  readonly files: readonly LoadedFile[];
  /** More of Xen's command line, after what the tree says. */
  readonly xenArgs?: string;
  /** A line of the console, as Xen prints it, without its end. */
  readonly output: (line: string, domid: number) => void;
  /** Default "fast". */
  readonly engine?: EngineName | ((parts: MachineParts) => EngineFactory);
  readonly trace?: TraceSink;
  readonly seed?: string | number;
}
