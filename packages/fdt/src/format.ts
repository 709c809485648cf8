/**
 * Words of a flattened device tree and the rules that its reader and its builder share.
 * Source: Devicetree Specification v0.4, chapter 5 "Flattened Devicetree (DTB) Format" and section 2.2.1
 * "Node Names", 2.2.4 "Properties". All words are big-endian; sizes and offsets are bytes.
 */
import { mib } from "@granule/units";

export const FDT_MAGIC = 0xd00dfeed;
/** What is written: version 17, readable by programs that know 16. */
export const FDT_VERSION = 17;
export const FDT_LAST_COMP_VERSION = 16;

/** Fields of the header in their order, each a u32. Version 16 has all but the last. */
export const HEADER_FIELDS = [
  "magic", "totalsize", "off_dt_struct", "off_dt_strings", "off_mem_rsvmap", "version", "last_comp_version",
  "boot_cpuid_phys", "size_dt_strings", "size_dt_struct",
] as const;
export type HeaderField = (typeof HEADER_FIELDS)[number];
/** Bytes of a header of version 17. */
export const HEADER_SIZE = 4 * HEADER_FIELDS.length;
/** Bytes from the start of the blob. */
export const offsetOfField = (field: HeaderField): number => 4 * HEADER_FIELDS.indexOf(field);

export const FDT_BEGIN_NODE = 1;
export const FDT_END_NODE = 2;
export const FDT_PROP = 3;
export const FDT_NOP = 4;
export const FDT_END = 9;

/** Levels of nodes, the root included. Fixed: other functions of this package recurse as deep. */
export const FDT_MAX_DEPTH = 64;
/** Characters of a name. The specification says 31; longer ones are in use. */
export const FDT_MAX_NAME = 255;

/** How much a reader takes on. */
export interface FdtLimits {
  /** Bytes of a blob. */
  readonly bytes: number;
  readonly nodes: number;
}
/** 2 MiB is what Linux's arm64 boot protocol allows ("Booting AArch64 Linux", "Setup the device tree"). */
export const FDT_LIMITS: FdtLimits = { bytes: mib(2), nodes: 100_000 };

// The characters of the specification; dtc also takes * in a property.
const NAMES = {
  property: { form: /^[0-9A-Za-z,._+*?#-]+$/, is: "0-9 A-Z a-z , . _ + * ? # -" },
  node: { form: /^[0-9A-Za-z,._+-]+(@[0-9A-Za-z,._+-]*)?$/, is: "0-9 A-Z a-z , . _ + - with one @ after the first" },
} as const;

/** Why `name` is no name of a property, or of a node below the root; undefined: it is one. */
export function nameFault(kind: "property" | "node", name: string): string | undefined {
  if (name === "") return "is empty";
  if (name.length > FDT_MAX_NAME) return `is longer than ${FDT_MAX_NAME} characters`;
  return NAMES[kind].form.test(name) ? undefined : `${JSON.stringify(name)} has other characters than ${NAMES[kind].is}`;
}

/** The first name that occurs twice. */
export function duplicateName(named: readonly { readonly name: string }[]): string | undefined {
  if (named.length < 2) return undefined;
  const seen = new Set<string>();
  return named.find(({ name }) => seen.size === seen.add(name).size)?.name;
}
