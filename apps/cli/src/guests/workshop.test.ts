import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inFolder } from "../captured.ts";
import { type Guest, storeGuest, workFolder } from "./cache.ts";
import { cached, inWorkshop, Interrupted, type Workshop } from "./workshop.ts";

const ignored = { jobs: 1, keep: false, step: () => undefined, progress: () => undefined, onInterrupt: () => () => undefined };
const inputs = { a: "1" };
const make = (shop: Workshop) => async (hash: string): Promise<Guest> => {
  const folder = workFolder(shop.cache, "x");
  writeFileSync(join(folder, "Image"), "image");
  return storeGuest(shop.cache, hash, folder, { name: "x", kind: "disk", release: "1", file: "Image", madeFrom: {} });
};

it("makes a guest once, and again when its inputs differ", () =>
  inFolder({}, (cache) =>
    inWorkshop(cache, ignored, async (shop) => {
      const first = await cached(shop, "x", inputs, make(shop));
      const again = await cached(shop, "x", inputs, make(shop));
      const other = await cached(shop, "x", { a: "2" }, make(shop));
      expect([first.fresh, again.fresh, other.fresh]).toEqual([true, false, true]);
      expect(again.guest).toEqual(first.guest);
      expect(other.guest.hash).not.toBe(first.guest.hash);
    })));

describe("intermediate files", () => {
  it("are gone at the end, also after a failure, unless they are kept", () =>
    inFolder({}, async (cache) => {
      const use = async (shop: Workshop): Promise<string> => {
        writeFileSync(join(shop.work, "file"), "");
        return shop.work;
      };
      expect(existsSync(await inWorkshop(cache, ignored, use))).toBe(false);
      await expect(inWorkshop(cache, ignored, async (shop) => Promise.reject(new Error(await use(shop))))).rejects.toThrow("build-");
      expect(readdirSync(join(cache, "work"))).toEqual([]);
      const said: string[] = [];
      const kept = await inWorkshop(cache, { ...ignored, keep: true, step: (text) => said.push(text) }, use);
      expect([existsSync(kept), said]).toEqual([true, [`intermediate files are in ${kept}`]]);
    }));
  it("of a run that was killed a day ago are cleared away, of one that may still run are not", () =>
    inFolder({}, async (cache) => {
      const [old, young] = [join(cache, "work", "old"), join(cache, "work", "young")];
      for (const folder of [old, young]) mkdirSync(folder, { recursive: true });
      const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
      utimesSync(old, twoDaysAgo, twoDaysAgo);
      await inWorkshop(cache, ignored, async () => expect([existsSync(old), existsSync(young)]).toEqual([false, true]));
    }));
});

it("Ctrl-C ends the next step, or what it makes fail, and clears away", () =>
  inFolder({}, async (cache) => {
    const pressed = { ...ignored, onInterrupt: (stop: () => void) => (stop(), () => undefined) };
    await expect(inWorkshop(cache, pressed, async (shop) => shop.step("more"))).rejects.toBeInstanceOf(Interrupted);
    await expect(inWorkshop(cache, pressed, async () => Promise.reject(new Error("make ended with SIGINT")))).rejects.toBeInstanceOf(Interrupted);
    expect(readdirSync(join(cache, "work"))).toEqual([]);
  }));
