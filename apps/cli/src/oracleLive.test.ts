/** Every recorded script, against real Xen in QEMU now. GRANULE_REQUIRE: xen. */
import { describe, expect, test } from "vitest";
import { oracleScripts } from "./assets.ts";
import { compareLive, fetchedXen } from "./commands/oracleLive.ts";
import { oracleAnswers, oracleFiles, oracleScript } from "./commands/oracleScripts.ts";
import { cacheFolder } from "./guests/cache.ts";
import { runs } from "./required.ts";

const { path, isReady } = fetchedXen(cacheFolder(process.env, process.cwd()));
/** A script that is known to hang has said all that it says long before. */
const HANG_MS = 30_000;
/** QEMU takes the one, granule the other core. */
const AT_ONCE = 2;
let running = 0;
const waiting: (() => void)[] = [];
/** Does it when fewer than {@link AT_ONCE} others are being done. */
async function inTurn<T>(task: () => Promise<T>): Promise<T> {
  if (running === AT_ONCE) await new Promise<void>((go) => void waiting.push(go));
  else running++;
  try {
    return await task();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}

describe.runIf(runs("xen", isReady))("what Xen answers now", () => {
  test("QEMU and Xen's binary are there", () => expect(isReady, `qemu-system-aarch64 and ${path}: granule oracle fetch says what is missing`).toBe(true));
  describe.runIf(isReady)("scripts", () => {
    test.concurrent.each(oracleScripts())("%s", { timeout: 300_000 }, async (name) => {
      const hangs = oracleAnswers(name).ending === "hangs";
      const c = await inTurn(() => compareLive(oracleScript(name), oracleFiles(), path, hangs ? { limit: HANG_MS } : {}));
      expect(c.differences).toEqual([]);
      expect(c.lines).toBeGreaterThan(0);
    });
  });
});
