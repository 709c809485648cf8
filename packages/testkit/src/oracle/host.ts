/** The host that a script asks for: the device tree of a machine with the script's domains in /chosen, and what its memory holds. */
import { editNode, type FdtNode, node, parseFdt, prop, buildFdt, withChildren, withProperties } from "@granule/fdt";
import type { LoadedFile } from "@granule/granule";
import { GranuleError, mib } from "@granule/units";
import type { Script } from "./contract.ts";
import { createLabels, parseDts } from "./dts.ts";
import { scriptBytes } from "./script.ts";

/** Where modules lie in the host's memory: 32 MiB for each domain, the second half of it for its ramdisk. */
const MODULES_AT = 0x6000_0000;
const STRIDE = /* @__PURE__ */ mib(32);
const RAMDISK = /* @__PURE__ */ mib(16);
/** Far from the phandles of the machine's own nodes. */
const FIRST_PHANDLE = 0x10000; // MAGIC: any number that is not in use
/** What Xen is started with beside the script's own options. */
const XEN_ARGS = "console=dtuart dtuart=/pl011@9000000 serial_tx_buffer=2m bootscrub=0 noreboot loglvl=all guest_loglvl=all";

export interface OracleHost {
  readonly dtb: Uint8Array;
  readonly files: readonly LoadedFile[];
}

const moduleNode = (kind: "kernel" | "ramdisk", { address, bytes }: LoadedFile, bootargs?: string): FdtNode =>
  node(`module@${address.toString(16)}`, [
    prop.strings("compatible", [`multiboot,${kind}`, "multiboot,module"]), prop.reg(2, 2, [{ address, size: bytes.length }]),
    ...(bootargs === undefined ? [] : [prop.string("bootargs", bootargs)]),
  ]);

/** `machine`: the device tree of the machine itself; `guest`: the image of the interpreter. @throws GranuleError GRAN0113. */
export function hostOf(script: Script, machine: Uint8Array, guest: Uint8Array): OracleHost {
  const tree = parseFdt(machine);
  if (!tree.ok) throw new GranuleError("GRAN0112", `the machine's device tree: ${tree.why}`);
  const labels = createLabels(FIRST_PHANDLE);
  const files: LoadedFile[] = [];
  const inChosen: FdtNode[] = [];
  for (const [i, d] of script.domains.entries()) {
    const address = MODULES_AT + i * STRIDE;
    const kernel: LoadedFile = { address, bytes: guest, name: "guest.img" };
    const ramdisk: LoadedFile = { address: address + RAMDISK, bytes: scriptBytes(d, script.usesUart), name: `${script.name}-${d.tag}.bin` };
    files.push(kernel, ramdisk);
    if (d.tag === "0") inChosen.push(moduleNode("kernel", kernel), moduleNode("ramdisk", ramdisk));
    else {
      const { properties } = parseDts(d.properties, labels);
      const { children } = parseDts(d.children, labels);
      inChosen.push(
        node(
          `domU${i + 1}`, [prop.string("compatible", "xen,domain"), prop.u32("#address-cells", 2), prop.u32("#size-cells", 2), ...properties],
          [moduleNode("kernel", kernel, `tag=${d.tag}`), ...children, moduleNode("ramdisk", ramdisk)],
        ),
      );
    }
  }
  const args = `${XEN_ARGS}${script.xenArgs === "" ? "" : ` ${script.xenArgs}`}`;
  const edited = editNode(tree.value, "/chosen", (chosen) =>
    withChildren(
      withProperties(chosen, prop.u32("#address-cells", 2), prop.u32("#size-cells", 2), prop.string("xen,xen-bootargs", args), prop.string("xen,dom0-bootargs", "tag=0")), ...inChosen,
    ),
  );
  if (!edited.ok) throw new GranuleError("GRAN0112", `the machine's device tree: ${edited.why}`);
  return { dtb: buildFdt(edited.value), files };
}
