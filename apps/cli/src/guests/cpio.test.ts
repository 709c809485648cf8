import { describe, expect, it } from "vitest";
import { cpio, type CpioEntry } from "./cpio.ts";
import { initramfsEntries } from "./initramfs.ts";

interface Member {
  readonly path: string;
  readonly mode: string;
  readonly content: string;
  readonly device: string;
}

/** Reads an archive as the kernel does: 13 fields of 8 hex digits, then the name and the content, each to a multiple of 4. */
function read(archive: Uint8Array): readonly Member[] {
  const text = Buffer.from(archive).toString("latin1");
  const members: Member[] = [];
  for (let at = 0; ; ) {
    expect(text.slice(at, at + 6)).toBe("070701");
    const [, mode = 0, , , , , size = 0, , , major = 0, minor = 0, nameSize = 0, check] = Array.from({ length: 13 }, (_, i) => Number.parseInt(text.slice(at + 6 + i * 8, at + 14 + i * 8), 16));
    expect(check).toBe(0);
    const path = text.slice(at + 110, at + 110 + nameSize - 1);
    expect(text[at + 110 + nameSize - 1]).toBe("\0");
    const start = Math.ceil((at + 110 + nameSize) / 4) * 4;
    at = Math.ceil((start + size) / 4) * 4;
    if (path === "TRAILER!!!") {
      expect(at).toBe(text.length);
      return members;
    }
    members.push({ path, mode: mode.toString(8), content: text.slice(start, start + size), device: `${major}:${minor}` });
  }
}

describe("an archive", () => {
  it("is read back as it was written, whatever the lengths of names and contents", () => {
    const entries = Array.from({ length: 40 }, (_, i): CpioEntry => ({ path: "n".repeat(1 + (i % 7)) + i, kind: "file", content: Buffer.from("c".repeat(i)), executable: i % 2 === 0 }));
    expect(read(cpio(entries))).toEqual(entries.map((e, i) => ({ path: e.path, mode: i % 2 === 0 ? "100755" : "100644", content: "c".repeat(i), device: "0:0" })));
  });
  it("has folders, links and devices", () => {
    const archive = cpio([{ path: "dev", kind: "folder" }, { path: "dev/null", kind: "device", major: 1, minor: 3 }, { path: "sh", kind: "link", to: "busybox" }]);
    expect(read(archive)).toEqual([
      { path: "dev", mode: "40755", content: "", device: "0:0" },
      { path: "dev/null", mode: "20600", content: "", device: "1:3" },
      { path: "sh", mode: "120777", content: "busybox", device: "0:0" },
    ]);
  });
  it("of nothing is only its end", () => {
    expect(read(cpio([]))).toEqual([]);
  });
});

describe("the initramfs", () => {
  const programs = { busybox: Buffer.from("busybox"), gt: Buffer.from("gt") };
  it("has every folder before what is in it, and init is a script that can be run", () => {
    const members = read(cpio(initramfsEntries(programs, [])));
    const paths = members.map((m) => m.path);
    for (const [i, path] of paths.entries()) if (path.includes("/")) expect(paths.slice(0, i)).toContain(path.slice(0, path.lastIndexOf("/")));
    expect(members.find((m) => m.path === "init")).toMatchObject({ mode: "100755", content: expect.stringMatching(/^#!\/bin\/busybox sh\n/) });
    expect(paths).not.toContain("mod/order");
  });
  it("lists modules in the order of loading", () => {
    const members = read(cpio(initramfsEntries(programs, [{ name: "b.ko", content: Buffer.from("B") }, { name: "a.ko", content: Buffer.from("A") }])));
    expect(members.filter((m) => m.path.startsWith("mod/"))).toMatchObject([{ path: "mod/b.ko", content: "B" }, { path: "mod/a.ko", content: "A" }, { path: "mod/order", content: "b.ko\na.ko\n" }]);
  });
});
