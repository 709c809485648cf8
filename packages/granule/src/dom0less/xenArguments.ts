/**
 * Xen's command line, as far as it changes what domains see. Options about consoles, logging and the host are accepted and
 * change nothing. Source: Xen, docs/misc/xen-command-line.pandoc.
 */
import { type Bytes, GIB, GranuleError, KIB, MIB } from "@granule/units";

export interface XenArguments {
  /** Debian's build, which is the one that was observed, has SILO as default. */
  readonly xsm: "dummy" | "silo";
  /** Bytes; undefined: not said. */
  readonly dom0Memory: Bytes | undefined;
  readonly dom0Vcpus: number;
}

const UNITS: Readonly<Record<string, number>> = { B: 1, K: KIB, M: MIB, G: GIB };
/** A size of the command line: KiB where no unit follows. */
function size(option: string, text: string): Bytes {
  const match = /^([0-9]+)([BKMG]?)$/i.exec(text);
  const unit = UNITS[(match?.[2] || "K").toUpperCase()];
  if (match?.[1] === undefined || unit === undefined) throw new GranuleError("GRAN0111", `Xen's command line: ${option}=${text} is no size`, "Write a number with B, K, M or G.");
  return Number(match[1]) * unit;
}

/** @throws GranuleError GRAN0111 naming option and value. */
export function parseXenArguments(line: string): XenArguments {
  let xsm: XenArguments["xsm"] = "silo";
  let dom0Memory: Bytes | undefined;
  let dom0Vcpus = 1;
  for (const word of line.split(/\s+/)) {
    const at = word.indexOf("=");
    const option = at < 0 ? word : word.slice(0, at);
    const value = at < 0 ? "" : word.slice(at + 1);
    if (option === "xsm") {
      if (value !== "dummy" && value !== "silo")
        throw new GranuleError("GRAN0111", `Xen's command line: xsm=${value} is not modelled`, "Use xsm=dummy or xsm=silo; FLASK's policies are not modelled.");
      xsm = value;
    } else if (option === "dom0_mem") dom0Memory = size(option, value.replace(/^min:|^max:/, ""));
    else if (option === "dom0_max_vcpus") {
      dom0Vcpus = Number(value);
      if (!Number.isInteger(dom0Vcpus) || dom0Vcpus < 1) throw new GranuleError("GRAN0111", `Xen's command line: dom0_max_vcpus=${value} is no number from 1`);
    }
  }
  return { xsm, dom0Memory, dom0Vcpus };
}
