/** `granule dom0less` with the files that Xen takes: a device tree, and modules at their addresses. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildFdt, editNode, node, parseFdt, prop, withChildren, withProperties } from "@granule/fdt";
import { hostOf, parseScript } from "@granule/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "./cli.ts";
import { oracleFiles } from "./commands/oracleScripts.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "granule-dom0less-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = async (...argv: readonly string[]): Promise<{ readonly code: number; readonly out: readonly string[]; readonly err: string }> => {
  let [out, err] = ["", ""];
  const write = (add: (s: string) => void) => ({ write: (s: string | Uint8Array) => (add(String(s)), true) });
  const code = await runCli(["dom0less", ...argv], { stdout: write((s) => (out += s)), stderr: write((s) => (err += s)), env: { NO_COLOR: "1" }, cwd: () => folder });
  return { code, out: out.split("\n").filter((l) => l !== ""), err };
};
/** Writes the host of a script; answers the arguments that start it. */
function files(source: string, change: (dtb: Uint8Array) => Uint8Array = (dtb) => dtb): readonly string[] {
  const { machine, guest } = oracleFiles();
  const host = hostOf(parseScript("test", source, () => ""), machine, guest);
  writeFileSync(join(folder, "host.dtb"), change(host.dtb));
  const loads = host.files.flatMap((f, i) => {
    writeFileSync(join(folder, `${i}.bin`), f.bytes);
    return ["--load", `${i}.bin@0x${f.address.toString(16)}`];
  });
  return ["--dtb", "host.dtb", ...loads];
}
/** Changes the first domain's node. */
const inDomain = (...changed: Parameters<typeof withProperties> extends [unknown, ...infer P] ? P : never) => (dtb: Uint8Array): Uint8Array => {
  const tree = parseFdt(dtb);
  if (!tree.ok) throw new Error(tree.why);
  const edited = editNode(tree.value, "/chosen/domU1", (n) => withProperties(n, ...changed));
  if (!edited.ok) throw new Error(edited.why);
  return buildFdt(edited.value);
};

test("lines of console_io come after (dN), those of the UART after (XEN) DOMN:", async () => {
  const plain = await run(...files("@A\nhc xen_version 0 0\n@B\nhc xen_version 7 0\n"));
  expect(plain.code).toBe(0);
  expect(plain.out).toEqual(expect.arrayContaining(["(d1) ~A@1 r=40011 ", "(d2) ~B@1 r=1000 "]));
  const uart = await run(...files("%opt uart 1\n@A\nhc xen_version 0 0\n"));
  expect(uart.out).toContain("(XEN) DOM1: ~A@1 r=40011 ");
  expect(uart.err).toContain("d1 domU1: shut down with reason 0");
});

test("Xen's command line decides the policy: --xen-args comes after what the tree says", async () => {
  const source = "@A\nw16 BUF SELF\nw16 BUF+2 2\nhc event_channel_op 6 BUF\n@B\nsleep 1\n";
  expect((await run(...files(source))).out).toContain("(d1) ~A@3 r=ffffffffffffffff ");
  expect((await run(...files(source), "--xen-args", "xsm=dummy")).out).toContain("(d1) ~A@3 r=0 ");
});

test("a vcpu that hangs at what it may not write is named, with where it is and what to do", async () => {
  const source = "@A\nw16 BUF SELF\nw32 BUF+4 1\nw64 BUF+8 0\nw64 BUF+16 0x38000\nhc memory_op 7 BUF\nw32 0x38000044 0x41302\nw16 0x38000042 1\nw16 0x38000040 1\nw64 BUF 0x44001000\nw32 BUF+8 6\nw32 BUF+12 8\nw16 BUF+16 1\nhc grant_table_op 0 BUF 1\nw32 0x44001000 5\n@B\nsleep 5\nhc xen_version 0 0\n";
  const r = await run(...files(source));
  expect(r.code).toBe(5);
  expect(r.out).toContain("(d2) ~B@2 r=40011 ");
  expect(r.err).toContain("d1 domU1: hangs");
  expect(r.err).toMatch(/vcpu 0 hangs: the instruction at PC 0x[0-9a-f]+ writes VA 0x44001000 \(IPA 0x44001000\), which is a read-only grant mapping/);
  expect(r.err).toContain("GNTMAP_readonly");
});

test("--json is one document", async () => {
  const { code, out } = await run(...files("@A\nhc xen_version 0 0\n"), "--json");
  const document: unknown = JSON.parse(out.join("\n"));
  expect([code, document]).toMatchObject([0, { domains: [{ domid: 1, name: "domU1", end: "shut down with reason 0" }] }]);
});

const SOURCE = "@A\nhc xen_version 0 0\n";
test.each([
  ["xen,enhanced", () => run(...files(SOURCE, inDomain(prop.string("xen,enhanced", "some")))), 2, 'GRAN0110]: device tree: node /chosen/domU1: property xen,enhanced: "some"'],
  ["xenstore without dom0", () => run(...files(SOURCE, inDomain(prop.string("xen,enhanced", "enabled")))), 2, "Xenstore support requires dom0"],
  ["memory", () => run(...files(SOURCE, inDomain(prop.u64("memory", 0)))), 2, "node /chosen/domU1: property memory is 0 KiB"],
  ["memory that is too small", () => run(...files(SOURCE, inDomain(prop.u64("memory", 1024)))), 2, "node /chosen/domU1: property memory: kernel and modules do not fit 1048576 bytes"],
  ["cpus", () => run(...files(SOURCE, inDomain(prop.u32("cpus", 9)))), 2, "9 vcpus"],
  ["a module that is not loaded", () => run("--dtb", files(SOURCE)[1] ?? ""), 2, "property reg: nothing is loaded at 0x60000000"],
  ["no device tree", () => run("--dtb", "nowhere.dtb"), 4, "GRAN0112"],
  ["an address", () => run(...files(SOURCE), "--load", "0.bin"), 2, "--load 0.bin: not PATH@ADDRESS"],
  ["FLASK", () => run(...files(SOURCE), "--xen-args", "xsm=flask"), 2, "xsm=flask is not modelled"],
])("%s: the error names what is wrong", async (_name, start, code, words) => {
  const r = await start();
  expect([r.code, r.err]).toEqual([code, expect.stringContaining(words)]);
});

test("a device tree of random bytes is refused", async () => {
  writeFileSync(join(folder, "noise.dtb"), Uint8Array.from({ length: 512 }, (_, i) => (i * 97) % 251));
  expect((await run("--dtb", "noise.dtb")).code).toBe(2);
});

test("a static event channel to a port that is no port is refused", async () => {
  const source = "%sub A a: evtchn@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <0 &b>; };\n%sub B b: evtchn@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <12 &a>; };\n@A\nsleep 1\n@B\nsleep 1\n";
  const r = await run(...files(source));
  expect([r.code, r.err]).toEqual([2, expect.stringContaining("property xen,evtchn: port 0 is not from 1 to 1023")]);
});

test("a domain whose kernel is no kernel is refused", async () => {
  const args = files(SOURCE);
  writeFileSync(join(folder, "0.bin"), new Uint8Array(4096));
  const r = await run(...args);
  expect([r.code, r.err]).toEqual([2, expect.stringContaining("node /chosen/domU1: the kernel: image")]);
});

test("children without a kernel are refused", async () => {
  const bare = (dtb: Uint8Array): Uint8Array => {
    const tree = parseFdt(dtb);
    if (!tree.ok) throw new Error(tree.why);
    const edited = editNode(tree.value, "/chosen", (n) => withChildren(n, node("domU9", [prop.string("compatible", "xen,domain"), prop.u32("cpus", 1), prop.u64("memory", 65536)])));
    if (!edited.ok) throw new Error(edited.why);
    return buildFdt(edited.value);
  };
  const r = await run(...files(SOURCE, bare));
  expect([r.code, r.err]).toEqual([2, expect.stringContaining("node /chosen/domU9: there is no child compatible with multiboot,kernel")]);
});
