/** Asks real Xen, in QEMU: the same device tree, guest and scripts. Needs QEMU and Debian's package of Xen. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Answers, collect, compareAnswers, type Comparison, hostOf, type OracleFiles, runScript, type Script } from "@granule/testkit";
import { GranuleError } from "@granule/units";
import { openApt, unpack } from "../guests/apt.ts";
import { hasProgram } from "../required.ts";

const QEMU = "qemu-system-aarch64";
const PACKAGE = "xen-hypervisor-4.17-arm64";
const SUITE = "bookworm";
const IN_PACKAGE = "boot/xen-4.17-arm64";
/** Machine and CPU of the recordings. */
const MACHINE = ["-M", "virt,virtualization=on,gic-version=3", "-cpu", "cortex-a57", "-smp", "1", "-m", "2G", "-accel", "tcg,thread=single"];
/** One instruction is 64 ns, so that a run repeats. */
const VIRTUAL_TIME = ["-icount", "shift=6,sleep=off"];
const PLAIN = ["-display", "none", "-serial", "stdio", "-monitor", "none", "-nodefaults", "-no-reboot"];
/** A script takes seconds where it ends at all. */
const LIMIT_MS = 120_000;

/** Where Debian's binary of Xen is once it has been fetched, and whether live comparison can run: QEMU is there too. */
export function fetchedXen(cache: string): { readonly path: string; readonly isReady: boolean } {
  const path = join(cache, "oracle", IN_PACKAGE);
  return { path, isReady: existsSync(path) && hasProgram(QEMU) };
}

/** Xen's binary: the one that is given, or Debian's, fetched into the cache. @throws GranuleError GRAN0114, GRAN0091, GRAN0092. */
export async function realXen(given: string | undefined, cwd: string, cache: string, note: (line: string) => void): Promise<string> {
  if (!hasProgram(QEMU)) throw new GranuleError("GRAN0114", `${QEMU} is not installed`, "apt-get install qemu-system-arm ipxe-qemu");
  if (given !== undefined) {
    const path = resolve(cwd, given);
    if (!existsSync(path)) throw new GranuleError("GRAN0114", `${given}: there is no such file`, `Leave --xen out: ${PACKAGE} of Debian ${SUITE} is fetched then.`);
    return path;
  }
  const folder = join(cache, "oracle");
  const { path } = fetchedXen(cache);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const log = join(folder, "fetch.log");
  note(`fetching ${PACKAGE} of Debian ${SUITE}`);
  const apt = await openApt(cache, SUITE, log, note);
  await unpack(await apt.download(PACKAGE, folder), folder, log);
  if (!existsSync(path)) throw new GranuleError("GRAN0114", `${PACKAGE} has no ${IN_PACKAGE}`, `The log is ${log}. Another binary can be given with --xen.`);
  return path;
}

export interface AskOptions {
  /** The guest's counter shows the host's time, for measurements; runs do not repeat exactly then. */
  readonly realTime?: boolean;
  /** What Xen prints, line by line. */
  readonly onLine?: (line: string) => void;
  /** Milliseconds after which the script hangs. Default two minutes. */
  readonly limit?: number;
}
/** What Xen answers to a script. */
export async function askXen(script: Script, files: OracleFiles, xen: string, { realTime = false, limit = LIMIT_MS, onLine }: AskOptions = {}): Promise<Answers> {
  const host = hostOf(script, files.machine, files.guest);
  const folder = mkdtempSync(join(tmpdir(), "granule-oracle-"));
  try {
    const put = (name: string, bytes: Uint8Array): string => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    const loads = host.files.flatMap(({ address, bytes, name }, i) => ["-device", `loader,file=${put(`${i}-${name}`, bytes)},addr=0x${address.toString(16)},force-raw=on`]);
    const child = spawn(QEMU, [...MACHINE, ...(realTime ? [] : VIRTUAL_TIME), ...PLAIN, "-kernel", xen, "-dtb", put("host.dtb", host.dtb), ...loads], { stdio: ["ignore", "pipe", "ignore"] });
    const collector = collect(script);
    return await new Promise<Answers>((answer, reject) => {
      let rest = "";
      let panic: string | undefined;
      const timer = setTimeout(() => end(collector.answers("hangs")), limit);
      const end = (answers: Answers): void => {
        clearTimeout(timer);
        child.removeAllListeners();
        child.kill("SIGKILL");
        answer(answers);
      };
      child.on("error", (error) => {
        clearTimeout(timer);
        reject(new GranuleError("GRAN0114", `${QEMU}: ${error.message}`));
      });
      child.on("exit", () => end(collector.answers("refused", panic ?? "Xen stopped")));
      child.stdout.setEncoding("latin1").on("data", (chunk: string) => {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          onLine?.(line);
          // the line after this one says why
          if (panic === "") panic = line.replace(/^\(XEN\) /, "").trim();
          if (line.includes("Panic on CPU")) panic = "";
          if (collector.line(line.replaceAll("\r", ""))) return end(collector.answers("done"));
        }
      });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Both at once: what real Xen answers is what is expected. */
export async function compareLive(script: Script, files: OracleFiles, xen: string, options: AskOptions = {}): Promise<Comparison> {
  const [expected, got] = await Promise.all([askXen(script, files, xen, options), runScript(script, files)]);
  return compareAnswers(script, expected, got);
}
