/**
 * What a person is told of a vcpu that hangs. Observed on Xen 4.17: an access that stage 2 maps and forbids (a store to a read-only grant
 * mapping, code in any grant mapping) gives the guest no exception; the instruction is executed again and again.
 */
import { hex } from "@granule/units";
import { type Hang, P2M, type P2mType, type Vcpu } from "./contract.ts";

/** A diagnosis: what is so, and what to do. */
export interface HangDiagnosis {
  readonly text: string;
  readonly hint: string;
}

const MAPPINGS: Readonly<Record<P2mType, string>> = {
  [P2M.ram]: "RAM", [P2M.grantRw]: "a grant mapping", [P2M.grantRo]: "a read-only grant mapping", [P2M.foreign]: "a mapping of another domain's frame",
  [P2M.object]: "a page of the hypervisor's", [P2M.device]: "a device",
  [P2M.stray]: "a grant mapping whose handle is gone",
};
const VERBS: Readonly<Record<Hang["access"], string>> = { read: "reads", write: "writes", execute: "is" };
const HINTS: Readonly<Record<Hang["access"], string>> = {
  read: "Look what is mapped at that address.",
  write: "Map the grant without GNTMAP_readonly and have it granted without GTF_readonly, or find out who writes there: on real Xen this is silent.",
  execute: "Mapped grants are never executable: copy the code to the domain's own RAM.",
};

/** Why the vcpu makes no progress; undefined: it does. */
export function diagnoseHang({ domain, index, state, hang }: Vcpu): HangDiagnosis | undefined {
  if (state !== "hung" || hang === undefined) return undefined;
  const where = `VA ${hex(hang.va)} (IPA ${hex(hang.ipa)})`;
  return {
    text: `domain ${domain.domid} "${domain.name}" vcpu ${index} hangs: the instruction at PC ${hex(hang.pc)} ${VERBS[hang.access]}${hang.access === "execute" ? " at" : ""} ${where}, which is ${MAPPINGS[hang.type]} and forbids that; Xen 4.17 executes it again for ever`,
    hint: HINTS[hang.access],
  };
}
