/** Scripts of the oracle to operations: macros, constants, and one letter for each domain. The language is described in the README. */
import { GranuleError } from "@granule/units";
import type { DomainScript, Operand, Operation, Script } from "./contract.ts";
import { evaluate, type Names } from "./expression.ts";

/** Operations by name; r8..r64 and w8..w64 are READ and WRITE with a size. */
const CODES: Readonly<Record<string, number>> = {
  hc: 1, fill: 4, dump: 5, poll: 6, sleep: 7, perf: 8, set: 9, mmu: 10, pte: 11, until: 12, psci: 13, hc1: 14, sysrd: 15, syswr: 16, uart: 17, hvc: 18,
};
const WRITE = 2;
const READ = 3;
const DUMP = 5;
/** Operations that always print. */
const PRINTS: readonly number[] = [1, READ, DUMP, 6, 8, 10, 12, 13, 14, 15, 18];
/** Register that a read goes to when none is named. */
const NOWHERE = "31";

const NAMES: Readonly<Record<string, number>> = {
  memory_op: 12, multicall: 13, set_timer_op: 15, xen_version: 17, console_io: 18, grant_table_op: 20, vm_assist: 21, vcpu_op: 24, xsm_op: 27, sched_op: 29,
  event_channel_op: 32, physdev_op: 33, hvm_op: 34, sysctl: 35, domctl: 36, platform_op: 7, argo_op: 39, xenpmu_op: 40, dm_op: 41, hypfs_op: 42,
  // MAGIC: DOMID_SELF, and where the guest has nothing of its own
  SELF: 0x7ff0, BUF: 0x41000000, BUF2: 0x41010000, PAGE: 0x41100000, UNMAPPED: 0x10000000, FDT: 0, MMIOVA: 0x22000000,
};
const DEFAULT_PROPERTIES = 'cpus = <1>; memory = <0 0x10000>; vpl011; xen,enhanced = "no-xenstore";';

interface Macro {
  readonly parameters: readonly string[];
  readonly body: string[];
}

/** EXPR, $N, or $N+EXPR. */
function operand(text: string, names: Names): Operand {
  const register = /^\$([0-9]+)([+-].*)?$/.exec(text);
  if (register === null) return { register: false, value: BigInt.asUintN(64, evaluate(text, names)) };
  const added = register[2] === undefined ? 0n : evaluate(`0${register[2]}`, names);
  return { register: true, value: BigInt.asUintN(64, (BigInt(register[1] ?? "0") & 31n) | (added << 8n)) };
}

/**
 * Reads a script. `include` gives the text of a file that it names. @throws GranuleError GRAN0113 naming the line.
 */
export function parseScript(name: string, source: string, include: (file: string) => string): Script {
  const names = new Map(Object.entries(NAMES).map(([key, value]) => [key, BigInt(value)]));
  const macros = new Map<string, Macro>();
  /** Operations so far, and the number of the next one: notes have numbers too. */
  const domains = new Map<string, { readonly operations: Operation[]; next: number }>();
  const properties = new Map<string, string>();
  const children = new Map<string, string>();
  let xenArgs = "";
  let usesUart = false;
  let current: { readonly operations: Operation[]; next: number } | undefined;
  let open: Macro | undefined;

  const add = (line: string, scope: Names, label: string | undefined): void => {
    const [word = "", ...rest] = line.split(/\s+/);
    const macro = macros.get(word);
    if (macro !== undefined) {
      const inner = new Map(scope);
      macro.parameters.forEach((p, i) => {
        const value = rest[i];
        if (value === undefined) throw new GranuleError("GRAN0113", `macro ${word}: ${p} is missing`);
        inner.set(p, evaluate(value, scope));
      });
      for (const l of macro.body) add(l, inner, label ?? line);
      return;
    }
    if (current === undefined) throw new GranuleError("GRAN0113", "no domain is selected: a line with @A comes first");
    current.next++;
    if (word === "note") return;
    const sized = /^([rw])(8|16|32|64)$/.exec(word);
    const code = sized === null ? CODES[word] : sized[1] === "w" ? WRITE : READ;
    if (code === undefined) throw new GranuleError("GRAN0113", `no operation "${word}"`);
    const args = sized === null ? rest : [String(Number(sized[2]) / 8), ...rest];
    if (code === READ && args.length < 3) args.push(NOWHERE);
    if (word === "poll") args[0] = String(Number(args[0]) / 8);
    const text = label === undefined ? line : code === 1 ? label : `${label} :: ${line}`;
    current.operations.push({ id: current.next - 1, code, operands: args.map((a) => operand(a, scope)), text, answers: PRINTS.includes(code) });
  };
  const directive = (word: string, rest: string): boolean => {
    const [first = "", ...more] = rest.split(/\s+/);
    switch (word) {
      case "%include": read(include(first), first); return true;
      case "%xen": xenArgs += ` ${rest}`; return true;
      case "%dom": properties.set(first, rest.slice(first.length + 1)); return true;
      case "%sub": children.set(first, rest.slice(first.length + 1)); return true;
      case "%opt": usesUart = usesUart || (first === "uart" && more[0] === "1"); return true;
      case "const": names.set(first, evaluate(more.join(""), names)); return true;
      case "macro": macros.set(first, (open = { parameters: more, body: [] })); return true;
      default: return false;
    }
  };
  const read = (text: string, file: string): void => {
    for (const [i, raw] of text.split("\n").entries()) {
      const line = raw.replace(/#.*/, "").trim();
      if (line === "") continue;
      try {
        const [word = ""] = line.split(/\s+/);
        if (open !== undefined) {
          if (line === "endm") open = undefined;
          else open.body.push(line);
        } else if (line.startsWith("@")) {
          const tag = line.slice(1);
          current = domains.get(tag) ?? { operations: [], next: 1 };
          domains.set(tag, current);
        } else if (!directive(word, line.slice(word.length).trim())) add(line, names, undefined);
      } catch (error) {
        if (!(error instanceof GranuleError) || error.message.startsWith("script")) throw error;
        throw new GranuleError("GRAN0113", `script ${file}, line ${i + 1}: ${error.message}`);
      }
    }
  };
  read(source, `${name}.t`);
  return {
    name, xenArgs: xenArgs.trim(), usesUart,
    domains: [...domains].map(([tag, { operations }]): DomainScript => ({ tag, operations, properties: properties.get(tag) ?? DEFAULT_PROPERTIES, children: children.get(tag) ?? "" })),
  };
}

/** "ORACLE1" as a little-endian number. */
const SIGNATURE = 0x31454c4341524fn;
const RECORD = 64;

/** What the guest is given as its ramdisk: a header and a record for each operation. */
export function scriptBytes({ tag, operations }: DomainScript, usesUart: boolean): Uint8Array {
  const bytes = new Uint8Array(RECORD * (1 + operations.length));
  const view = new DataView(bytes.buffer);
  [SIGNATURE, BigInt(operations.length), BigInt(tag.charCodeAt(0)), usesUart ? 1n : 0n].forEach((v, i) => view.setBigUint64(8 * i, v, true));
  operations.forEach(({ id, code, operands }, i) => {
    const at = RECORD * (1 + i);
    const registers = operands.reduce((mask, o, k) => mask | (o.register ? 1n << BigInt(k) : 0n), 0n);
    view.setBigUint64(at, BigInt(code) | (registers << 8n) | (BigInt(id) << 32n), true);
    operands.forEach((o, k) => view.setBigUint64(at + 8 + 8 * k, o.value, true));
  });
  return bytes;
}
