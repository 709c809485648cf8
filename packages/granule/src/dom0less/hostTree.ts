/**
 * The host's device tree with dom0less bindings to values. Everything that is wrong names node, property and value.
 * Source: Xen, docs/misc/arm/device-tree/booting.txt, "Creating Multiple Domains directly from Xen"; device-tree/evtchn.txt.
 */
import { type CellCounts, child, type FdtNode, type FdtTree, find, parseFdt, read, walk } from "@granule/fdt";
import { GranuleError, type Bytes, hex, KIB, type Result } from "@granule/units";
import type { DomainSetting, Enhanced, HostSetting, LoadedFile, StaticChannel } from "./contract.ts";
import { parseXenArguments } from "./xenArguments.ts";

const DOMAIN = "xen,domain";
const KERNEL = "multiboot,kernel";
const RAMDISK = "multiboot,ramdisk";
const CHANNEL = "xen,evtchn-v1";
/** MAX_MODULES is 32, of which Xen itself and the device tree take two. */
const MOST_MODULES = 30;
const countModules = (node: FdtNode): number => node.children.filter((c) => isCompatible(c, "multiboot,module")).length;
const HINT_MODULE = "Give --load PATH@ADDRESS with the module's address.";

const refuse = (node: string, what: string, hint = ""): GranuleError => new GranuleError("GRAN0110", `device tree: node ${node}: ${what}`, hint);
/** The value of a reading; @throws GranuleError GRAN0110. */
function need<T>(node: string, r: Result<T, string>): T {
  if (r.ok) return r.value;
  throw refuse(node, r.why);
}
const isCompatible = (node: FdtNode, with_: string): boolean => {
  const list = read.strings(node, "compatible");
  return list.ok && list.value.includes(with_);
};

/** The bytes of a module: what was loaded at its address; beyond the file they are zero. */
function moduleBytes(path: string, node: FdtNode, cells: CellCounts, files: readonly LoadedFile[]): Uint8Array {
  const [at] = need(path, read.reg(node, cells.addressCells, cells.sizeCells));
  if (at === undefined) throw refuse(path, "property reg is empty");
  const file = files.find((f) => f.address <= at.address && at.address < f.address + f.bytes.length);
  if (file === undefined)
    throw refuse(path, `property reg: nothing is loaded at ${hex(at.address)}${files.length === 0 ? "" : `; there is ${files.map((f) => `${f.name} at ${hex(f.address)}`).join(", ")}`}`, HINT_MODULE);
  const bytes = new Uint8Array(at.size);
  bytes.set(file.bytes.subarray(at.address - file.address, at.address - file.address + at.size));
  return bytes;
}

interface Modules {
  readonly kernel: Uint8Array | undefined;
  readonly ramdisk: Uint8Array | undefined;
  readonly bootargs: string | undefined;
}
function modulesOf(path: string, node: FdtNode, files: readonly LoadedFile[]): Modules {
  const cells = need(path, read.cellCounts(node));
  const of = (kind: string): readonly [string, FdtNode] | undefined => {
    const found = node.children.find((c) => isCompatible(c, kind));
    return found === undefined ? undefined : [`${path}/${found.name}`, found];
  };
  const kernel = of(KERNEL);
  const ramdisk = of(RAMDISK);
  return {
    kernel: kernel === undefined ? undefined : moduleBytes(...kernel, cells, files),
    ramdisk: ramdisk === undefined ? undefined : moduleBytes(...ramdisk, cells, files),
    bootargs: kernel !== undefined && read.has(kernel[1], "bootargs") ? need(kernel[0], read.string(kernel[1], "bootargs")) : undefined,
  };
}

/** `xen,enhanced`: empty is everything, which a xenstore in dom0 belongs to. */
function enhancedOf(path: string, node: FdtNode, hasDom0: boolean): Enhanced {
  if (!read.has(node, "xen,enhanced")) return "disabled";
  const bytes = need(path, read.bytes(node, "xen,enhanced"));
  const text = bytes.length === 0 ? "" : need(path, read.string(node, "xen,enhanced"));
  if (text === "disabled" || text === "no-xenstore") return text;
  if (text !== "" && text !== "enabled") throw refuse(path, `property xen,enhanced: "${text}" is none of "enabled", "disabled", "no-xenstore"`);
  if (!hasDom0) throw refuse(path, `property xen,enhanced: "${text}": Xenstore support requires dom0 to be present`, 'Use xen,enhanced = "no-xenstore".');
  return "enabled";
}

/** Domids of domU nodes by the phandles of their static event channels. */
type Ends = ReadonlyMap<number, { readonly domid: number; readonly port: number }>;
function channelEnds(domains: readonly (readonly [path: string, node: FdtNode])[]): Ends {
  const ends = new Map<number, { readonly domid: number; readonly port: number }>();
  for (const [i, [path, node]] of domains.entries())
    for (const c of node.children.filter((x) => isCompatible(x, CHANNEL))) {
      const [port = 0] = need(`${path}/${c.name}`, read.cells(c, "xen,evtchn", 2));
      const phandle = read.u32(c, "phandle");
      if (phandle.ok) ends.set(phandle.value, { domid: i + 1, port });
    }
  return ends;
}
function channelsOf(path: string, node: FdtNode, ends: Ends): readonly StaticChannel[] {
  return node.children.filter((c) => isCompatible(c, CHANNEL)).map((c) => {
    const [port = 0, phandle = 0] = need(`${path}/${c.name}`, read.cells(c, "xen,evtchn", 2));
    const remote = ends.get(phandle);
    if (remote === undefined) throw refuse(`${path}/${c.name}`, `property xen,evtchn: phandle ${hex(phandle)} is no event channel of a domain`);
    return { port, remoteDomid: remote.domid, remotePort: remote.port };
  });
}

function gicOf(tree: FdtTree): 2 | 3 {
  for (const { node } of walk(tree.root)) {
    if (isCompatible(node, "arm,gic-v3")) return 3;
    if (isCompatible(node, "arm,cortex-a15-gic") || isCompatible(node, "arm,gic-400")) return 2;
  }
  throw refuse("/", "there is no interrupt controller that is modelled: GICv2 or GICv3");
}
const cpuOf = (tree: FdtTree): string => {
  const cpu = find(tree, "/cpus/cpu@0");
  const names = cpu === undefined ? undefined : read.strings(cpu, "compatible");
  return names?.ok === true ? (names.value[0] ?? "") : "";
};

/** @throws GranuleError GRAN0110 naming node, property and value; GRAN0111 about Xen's command line. */
export function parseHost(dtb: Uint8Array, files: readonly LoadedFile[], xenArgs = ""): HostSetting {
  const parsed = parseFdt(dtb);
  if (!parsed.ok) throw new GranuleError("GRAN0110", `device tree: ${parsed.why}`);
  const tree = parsed.value;
  const chosen = child(tree.root, "chosen");
  if (chosen === undefined) throw refuse("/", "there is no node chosen");
  const inTree = read.has(chosen, "xen,xen-bootargs") ? need("/chosen", read.string(chosen, "xen,xen-bootargs")) : "";
  const xen = parseXenArguments(`${inTree} ${xenArgs}`);
  const nodes = chosen.children.filter((c) => isCompatible(c, DOMAIN)).map((node) => [`/chosen/${node.name}`, node] as const);
  const ends = channelEnds(nodes);
  const dom0 = modulesOf("/chosen", chosen, files);
  let modules = countModules(chosen);
  const domains = nodes.map(([path, node], i): DomainSetting => {
    modules += countModules(node);
    if (modules > MOST_MODULES) throw refuse(path, `${modules} multiboot modules up to here, Xen has room for ${MOST_MODULES}`);
    const { kernel, ramdisk, bootargs } = modulesOf(path, node, files);
    if (kernel === undefined) throw refuse(path, `there is no child compatible with ${KERNEL}`);
    const vcpus = need(path, read.u32(node, "cpus"));
    if (vcpus === 0) throw refuse(path, "property cpus is 0");
    const memory = memoryOf(path, node);
    return {
      node: path, domid: i + 1, vcpus, memory, hasUart: read.has(node, "vpl011"), enhanced: enhancedOf(path, node, dom0.kernel !== undefined),
      kernel, ramdisk, bootargs, channels: channelsOf(path, node, ends),
    };
  });
  return { xsm: xen.xsm, gic: gicOf(tree), cpu: cpuOf(tree), domains: dom0.kernel === undefined ? domains : [dom0Of(dom0, dom0.kernel, chosen, xen.dom0Memory, xen.dom0Vcpus), ...domains] };
}

/** `memory` is a number of KiB, in two cells. */
function memoryOf(path: string, node: FdtNode): Bytes {
  const kib = need(path, read.u64(node, "memory"));
  if (kib === 0) throw refuse(path, "property memory is 0 KiB");
  return kib * KIB;
}
function dom0Of({ ramdisk, bootargs }: Modules, kernel: Uint8Array, chosen: FdtNode, memory: Bytes | undefined, vcpus: number): DomainSetting {
  if (memory === undefined) throw new GranuleError("GRAN0111", "Xen's command line: dom0_mem is not there, and /chosen has a kernel for dom0", "Add dom0_mem=SIZE to xen,xen-bootargs, or use --xen-args.");
  const own = read.has(chosen, "xen,dom0-bootargs") ? need("/chosen", read.string(chosen, "xen,dom0-bootargs")) : bootargs;
  return { node: "/chosen", domid: 0, vcpus, memory, hasUart: false, enhanced: "enabled", kernel, ramdisk, bootargs: own, channels: [] };
}
