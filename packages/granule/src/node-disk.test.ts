import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GranuleError } from "@granule/units";
import { openFileDisk } from "./node-disk.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "granule-disk-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function image(size: number): string {
  const path = join(folder, `${size}.img`);
  writeFileSync(path, Uint8Array.from({ length: size }, (_, i) => i >> 9));
  return path;
}
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "none";
  } catch (e) {
    if (!(e instanceof GranuleError)) throw e;
    expect(e.hint).not.toBe("");
    return e.code;
  }
};

describe("a disk image in a file", () => {
  it("reads and writes where it says, and the file has it", () => {
    const path = image(4 * 512);
    const disk = openFileDisk(path);
    const into = new Uint8Array(1024);
    expect([disk.size, disk.read(512, into), into[0], into[512]]).toEqual([2048, true, 1, 2]);
    expect([disk.write(1024, new Uint8Array(512).fill(0xee)), disk.flush()]).toEqual([true, true]);
    disk.close();
    expect([...readFileSync(path)].filter((b) => b === 0xee).length).toBe(512);
  });
  it("never grows the image, and writes nothing to a read-only one", () => {
    const path = image(512);
    const disk = openFileDisk(path);
    expect([disk.write(512, new Uint8Array(512)), disk.write(0, new Uint8Array(1024))]).toEqual([false, false]);
    disk.close();
    const fixed = openFileDisk(path, { readOnly: true });
    expect(fixed.write(0, new Uint8Array(512))).toBe(false);
    fixed.close();
    expect(readFileSync(path)).toEqual(Buffer.alloc(512));
  });
  it.each([["absent", () => join(folder, "absent"), "GRAN0040"], ["a folder", () => folder, "GRAN0040"], ["empty", () => image(0), "GRAN0041"], ["torn", () => image(1000), "GRAN0041"]])(
    "%s is refused", (_name, path, code) => expect(codeOf(() => openFileDisk(path()))).toBe(code),
  );
  it("an image that is truncated meanwhile is an I/O error with the reason", () => {
    const path = image(3 * 512);
    const disk = openFileDisk(path);
    truncateSync(path, 700);
    expect(disk.read(0, new Uint8Array(512))).toBe(true);
    expect(disk.fault).toBeUndefined();
    expect(disk.read(512, new Uint8Array(512))).toBe(false);
    expect(disk.fault?.code).toBe("GRAN0042");
    disk.close();
  });
});
