/** The page in Chromium: bare programs and a kernel boot on it, the machine in its worker. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { createProgram } from "@granule/cpu-a64";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
// @boundaries-ignore how the workspace's tests find Chromium
import { chromiumPath, launchChromium } from "../../../scripts/browser.mjs";
// @boundaries-ignore how the workspace's tests find guests
import { cacheFolder, findGuest, requireGuest } from "../../cli/src/guests/cache.ts";
// @boundaries-ignore which tests run
import { runs } from "../../cli/src/required.ts";
import { serve, type Served } from "./server/serve.ts";

const MINUTE = 60_000;
const bare = (name: string): string => fileURLToPath(new URL(`../../../tools/guests/bare/${name}`, import.meta.url));
const UART = 0x09000000;
const SYSTEM_OFF = 0x84000008;
const file = (name: string, bytes: Uint8Array) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) });
/** Echoes what is typed, by polling UARTFR.RXFE, up to a full stop. */
const echo = (): Uint8Array =>
  createProgram().move(9, UART).label("poll").load(10, 9, 0x18, 4).to("TBZ_only_testbranch", "got", { b40: 4, Rt: 10 })
    .to("B_only_branch_imm", "poll").label("got").load(10, 9, 0, 4).store(10, 9, 0, 4)
    .emit("SUBS_addsub_imm", { sf: 0, Rn: 10, Rd: 31, imm12: 46 }).to("B_only_condbranch", "poll", { cond: 1 })
    .move(0, SYSTEM_OFF).emit("HVC_ex_exception").bytes();

describe.runIf(runs("chromium", chromiumPath() !== undefined))("in Chromium", { timeout: MINUTE }, () => {
  let folder: string;
  let served: Served;
  let browser: Browser;
  let page: Page;
  let errors: string[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "granule-playground-"));
    [served, browser] = await Promise.all([serve({ port: 0, folder }), launchChromium()]);
  }, 2 * MINUTE);
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    errors = [];
    page = await browser.newPage();
    page.setDefaultTimeout(MINUTE / 2);
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(served.url);
  });
  afterEach(async () => {
    await page.close();
    expect(errors).toEqual([]);
  });

  const machine = (kind: "Xen domain" | "Bare virt") => page.getByRole("radio", { name: kind }).check();
  const console = () => page.getByRole("log").textContent();
  const stateIs = (text: string, timeout = MINUTE) => page.locator("#state", { hasText: new RegExp(`^${text}$`) }).waitFor({ timeout });
  const boot = () => page.getByRole("button", { name: "Boot" }).click();

  it("a bare program prints its line, and the figures are those of the command line", async () => {
    await machine("Bare virt");
    await page.getByLabel("Kernel").setInputFiles(bare("hello.bin"));
    await boot();
    await stateIs("Powered off");
    expect(await console()).toBe(readFileSync(bare("hello.txt"), "utf8"));
    expect(Number((await page.locator("#instructions").textContent())?.replaceAll(",", ""))).toBeGreaterThan(100);
    expect(await page.locator("#firmware-calls").textContent()).toBe("1");
  });

  it("the example that comes with the page shows all page sizes", async () => {
    await page.getByRole("button", { name: "small bare program" }).click();
    await page.getByText("granules.bin").waitFor();
    await boot();
    await stateIs("Powered off");
    expect(await console()).toBe(readFileSync(bare("granules.txt"), "utf8"));
  });

  it("what is typed reaches the guest, by the line below the console and by keys in it; the machine is in a worker", async () => {
    await machine("Bare virt");
    await page.getByLabel("Kernel").setInputFiles(file("echo.bin", echo()));
    await boot();
    await page.getByLabel("A line for the guest").fill("typed");
    expect(page.workers()).toHaveLength(1);
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("log").press("!");
    await page.getByRole("log").press(".");
    await stateIs("Powered off");
    // the carriage return of the line is before the rest, which overwrites
    expect(await console()).toBe("!.ped");
    expect(page.workers()).toHaveLength(0);
  });

  it("a guest that never ends is stopped", async () => {
    await machine("Bare virt");
    await page.getByLabel("Kernel").setInputFiles(file("loop.bin", createProgram().label("loop").to("B_only_branch_imm", "loop").bytes()));
    await boot();
    await stateIs("Running");
    await page.getByRole("button", { name: "Stop" }).click();
    await stateIs("Stopped");
    await expect.poll(() => page.workers().length).toBe(0);
  });

  it("a dropped kernel's page size is shown at once, and a CPU that lacks it is named before the boot", async () => {
    const header = new Uint8Array(64);
    // image_size, flags with pages of 16 KiB, "ARM\x64": Linux, Documentation/arch/arm64/booting.rst
    new DataView(header.buffer).setUint32(16, 64, true);
    new DataView(header.buffer).setUint32(24, 0b0100, true);
    new DataView(header.buffer).setUint32(56, 0x644d5241, true);
    const dropped = await page.evaluateHandle((bytes) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(bytes)], "Image-16k"));
      return transfer;
    }, [...header]);
    await page.dispatchEvent("#kernel-field .drop", "drop", { dataTransfer: dropped });
    await page.getByText("16 KiB pages", { exact: true }).waitFor();
    await page.getByRole("combobox", { name: "CPU" }).selectOption("cortex-a57");
    expect(await page.getByRole("alert").textContent()).toContain("CPU cortex-a57 has 4 KiB, 64 KiB at stage 1");
    await boot();
    expect(page.workers()).toHaveLength(0);
    await page.getByRole("combobox", { name: "CPU" }).selectOption("cortex-a35");
    expect(await page.getByRole("alert").textContent()).toBe("");
  });

  it("a torn image is refused when it is chosen; without a kernel there is no boot", async () => {
    await boot();
    expect(await page.getByRole("alert").textContent()).toBe("Choose a kernel first.");
    const whole = gzipSync(readFileSync(bare("hello.bin")));
    await page.getByLabel("Kernel").setInputFiles(file("torn.gz", whole.subarray(0, whole.length / 2)));
    await page.getByRole("alert").getByText("\"torn.gz\" is no kernel, or torn").waitFor();
  });

  const cache = cacheFolder(process.env, process.cwd());
  const isBuilt = ["64k", "initramfs"].every((name) => findGuest(name, cache) !== undefined);
  it.runIf(runs("guests", isBuilt))("Linux with 64 KiB pages comes to the end of init", async () => {
    await page.getByLabel("Kernel").setInputFiles(requireGuest("64k", cache).path);
    await page.getByLabel("Initramfs").setInputFiles(requireGuest("initramfs", cache).path);
    await page.getByText("64 KiB pages", { exact: true }).waitFor();
    await page.getByLabel("Skip the time").check();
    await boot();
    await stateIs("Powered off");
    const text = await console();
    expect(text).toContain("INIT pagesize(smaps)=KernelPageSize: 64 kB");
    expect(text).toMatch(/^INIT-DONE /m);
    expect(await page.getByRole("row", { name: "EVTCHNOP_send" }).count()).toBe(1);
  });
});
