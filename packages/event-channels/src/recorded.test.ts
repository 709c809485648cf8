/**
 * What real Xen answered (../recorded, whose first lines say how to read them), asked again here: the same operations
 * by scripted guests, the same answers and the same bytes in memory.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Guest, type GuestProgram } from "@granule/machine";
import { mib, type Va, va } from "@granule/units";
import { C } from "@granule/xen-abi";
import { testMachine } from "./fixture.ts";

interface Script {
  readonly vcpus: number;
  readonly lines: readonly string[];
}
interface Answer {
  readonly question: string;
  readonly got: string;
  readonly want: string;
}

function parse(text: string): { readonly xsm: "silo" | "dummy"; readonly scripts: ReadonlyMap<string, Script> } {
  const scripts = new Map<string, { vcpus: number; lines: string[] }>();
  let current: { vcpus: number; lines: string[] } | undefined;
  let xsm: "silo" | "dummy" = "silo";
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    if (line.startsWith("xsm")) xsm = line.endsWith("dummy") ? "dummy" : "silo";
    else if (line.startsWith("@")) scripts.set(line.slice(1, 2), (current = { vcpus: Number(line.slice(3)), lines: [] }));
    else current?.lines.push(line);
  }
  return { xsm, scripts };
}

/** A recorded millisecond, in ns: a thousandth, for nobody here is slow. */
const MS = 1000;
/** The scripts use less than this; what lies above is a hole, as for the recordings' guests above 64 MiB. */
const RAM = mib(32);
const hexOf = (b: Uint8Array): string => [...b].map((x) => x.toString(16).padStart(2, "0")).join("");

/** The guest that the recordings were made with, as a generator. */
function program(script: Script, answers: Answer[]): GuestProgram {
  return function* (g: Guest) {
    const saved = new Map<number, bigint>();
    let last = 0n;
    const value = (s: string): bigint => {
      const m = /^\$(\d+)(?:\+([0-9a-f]+))?$/.exec(s);
      if (m === null) return BigInt(`0x${s}`);
      const n = Number(m[1]);
      return (n === 0 ? last : (saved.get(n) ?? 0n)) + BigInt(`0x${m[2] ?? "0"}`);
    };
    const at = (s: string): Va => va(Number(value(s)));
    const load = (bytes: number, address: Va): bigint => {
      const b = new Uint8Array(8);
      g.read(address, b.subarray(0, bytes));
      return new DataView(b.buffer).getBigUint64(0, true);
    };
    const call = function* (nr: string, x: readonly string[]) {
      x.forEach((s, i) => g.regs.setBigUint64(8 * i, BigInt.asUintN(64, value(s)), true));
      g.regs.setBigUint64(8 * 16, value(nr), true);
      yield* g.hvc(C.XEN_HYPERCALL_TAG);
      last = g.regs.getBigInt64(0, true);
      return last.toString();
    };
    const step = function* (words: readonly string[], want: string) {
      const [op = "", a = "0", b = "0", ...rest] = words;
      const size = Number(op.slice(1));
      switch (op) {
        case "fill":
          g.fill(at(a), Number(value(b)), Number(value(rest[0] ?? "0")));
          return want;
        case "d": {
          const bytes = new Uint8Array(Number(value(b)));
          g.read(at(a), bytes);
          return hexOf(bytes);
        }
        case "hc":
          return yield* call(a, [b, ...rest]);
        case "until": {
          let got = "";
          // the longest list of recorded tries is 0x400
          for (let i = 0; i < 2000 && got !== want; i++) {
            got = yield* call(a, [b, ...rest]);
            yield* g.wait(g.now() + MS);
          }
          return got;
        }
        case "sleep": {
          const end = g.now() + Number(a) * MS;
          while (g.now() < end) yield* g.wait(end);
          return want;
        }
        case "poll": {
          const [mask = "0", match = "0", ms = "0"] = rest;
          const end = g.now() + Number(ms) * MS;
          while (g.now() < end && (load(Number(a), at(b)) & value(mask)) !== value(match)) yield* g.pause();
          return load(Number(a), at(b)).toString(16);
        }
        default: {
          if (op.startsWith("w")) {
            const bytes = new Uint8Array(8);
            new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value(b)), true);
            g.write(at(a), bytes.subarray(0, size));
            return want;
          }
          const got = load(size, at(a));
          if (b.startsWith("$")) saved.set(Number(b.slice(1)), got);
          return got.toString(16);
        }
      }
    };
    for (const line of script.lines) {
      const [ops = "", label = line] = line.split("  # ");
      for (const op of ops.split("; ")) {
        const [left = "", want = ""] = op.split(" = ");
        const got: string = yield* step(left.split(" "), want);
        if (op.includes(" = ")) answers.push({ question: `${label}: ${left}`, got, want });
      }
    }
  };
}

test.each(["evtchn", "bucket", "silo", "order", "two", "fifo", "fifo-words"])("recorded answers: %s", (name) => {
  const { xsm, scripts } = parse(readFileSync(new URL(`../recorded/${name}.txt`, import.meta.url), "utf8"));
  const t = testMachine({ personality: "xen-4.17", xsm }, {}, RAM * 5);
  const answers = new Map<string, Answer[]>();
  const expected = new Map<string, number>();
  for (const [tag, script] of scripts) {
    const list: Answer[] = [];
    answers.set(tag, list);
    expected.set(tag, script.lines.join("\n").split(" = ").length - 1);
    t.domain(program(script, list), { vcpus: script.vcpus, ram: RAM });
  }
  t.run();
  for (const [tag, list] of answers) {
    expect(list.map((a) => `${tag} ${a.question} = ${a.got}`)).toEqual(list.map((a) => `${tag} ${a.question} = ${a.want}`));
    // none was skipped because the guest crashed
    expect(list).toHaveLength(expected.get(tag) ?? -1);
  }
});
