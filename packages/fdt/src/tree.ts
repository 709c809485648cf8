/**
 * A device tree as immutable data.
 * Source: Devicetree Specification v0.4, section 2.2 "Devicetree Structure and Conventions".
 */

/** A property: its name and its bytes as they are in the blob. */
export interface FdtProperty {
  readonly name: string;
  readonly value: Uint8Array;
}
/** A node. Names are unique among its properties and among its children; the root's name is empty. */
export interface FdtNode {
  readonly name: string;
  readonly properties: readonly FdtProperty[];
  readonly children: readonly FdtNode[];
}
/** An address and a size in bytes, each below 2^53; which space they are in depends on the node. */
export interface FdtRange {
  readonly address: number;
  readonly size: number;
}
/** A whole document. */
export interface FdtTree {
  readonly root: FdtNode;
  /** The memory reservation block. */
  readonly reservations: readonly FdtRange[];
  /** The `reg` of the CPU that boots. */
  readonly boot_cpuid_phys: number;
}
