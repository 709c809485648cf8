/**
 * `npm run bench -- oracle [--rounds=N --json]`: hypercalls a second, of the same guest image under real Xen 4.17 in QEMU and under
 * granule's dom0less, in one run. The guest repeats each call of apps/cli/oracle/scripts/perf.t 100,000 times. Under Xen its own
 * counter is the host's time (QEMU without -icount). Granule's machine has a time of its own, so there the host's time between two
 * printed lines counts: before each measurement the guest prints one more. The two take turns; the best of N rounds (5) counts for
 * each. Red: a call that is slower than Xen's, or that is answered otherwise.
 */
import { dom0less } from "../../packages/granule/src/index.ts";
import { askXen, realXen } from "../../apps/cli/src/commands/oracleLive.ts";
import { oracleFiles, parseText } from "../../apps/cli/src/commands/oracleScripts.ts";
import { oracleAsset } from "../../apps/cli/src/assets.ts";
import { cacheFolder } from "../../apps/cli/src/guests/cache.ts";
import { collect, hostOf, type Answers } from "../../packages/testkit/src/index.ts";
import { GranuleError } from "../../packages/units/src/index.ts";

/** In the order of perf.t. */
const CALLS = ["xen_version", "yield", "xen_version, with a structure", "unknown call", "event send", "current_reservation", "grant copy of 64 bytes"] as const;
const TARGET = 1;
const MEASURED = /ticks=([0-9a-f]+) frq=([0-9a-f]+) n=([0-9a-f]+) r=([0-9a-f]+)/;

const files = oracleFiles();
/** The guest prints its counter before each measurement. The first call is made once more, before it counts: translators warm up. */
const script = parseText("perf", new TextDecoder().decode(oracleAsset("scripts/perf.t")).replaceAll(/^perf /gm, "sysrd 12\nperf ").replace(/^perf .*$/m, "$&\nsysrd 12\n$&"));

interface Call {
  /** Of the guest's counter. */
  readonly ticks: number;
  readonly frequency: number;
  readonly count: number;
  /** x0, in hex. */
  readonly answer: string;
}
function callOf(line: string): Call | undefined {
  const [, ticks = "", frequency = "", count = "", answer = ""] = MEASURED.exec(line) ?? [];
  return answer === "" ? undefined : { ticks: Number.parseInt(ticks, 16), frequency: Number.parseInt(frequency, 16), count: Number.parseInt(count, 16), answer };
}
function callsOf({ ending, domains }: Answers): readonly Call[] {
  const [, ...calls] = Object.values(domains).flatMap((byId) => Object.values(byId).flatMap((lines) => lines.flatMap((line) => callOf(line) ?? [])));
  if (ending !== "done" || calls.length !== CALLS.length) throw new Error(`the guest did not finish: ${calls.length} of ${CALLS.length} calls were measured`);
  return calls;
}

interface Round {
  /** Calls a second, in the order of {@link CALLS}. */
  readonly rates: readonly number[];
  readonly answers: readonly string[];
}
async function onXen(xen: string): Promise<Round> {
  const calls = callsOf(await askXen(script, files, xen, { realTime: true }));
  return { rates: calls.map(({ ticks, frequency, count }) => (count * frequency) / ticks), answers: calls.map(({ answer }) => answer) };
}
async function onGranule(): Promise<Round> {
  const { dtb, files: loaded } = hostOf(script, files.machine, files.guest);
  const collector = collect(script);
  const rates: number[] = [];
  let printed = performance.now();
  let isDone = false;
  const run = await dom0less({
    dtb, files: loaded,
    output(line) {
      const now = performance.now();
      const call = callOf(line);
      if (call !== undefined) rates.push((1000 * call.count) / (now - printed));
      isDone = collector.line(line) || isDone;
      printed = performance.now();
    },
  });
  try {
    while (run.step() === "running" && !isDone);
  } finally {
    run.machine.dispose();
  }
  return { rates: rates.slice(1), answers: callsOf(collector.answers(isDone ? "done" : "hangs")).map(({ answer }) => answer) };
}

const options = process.argv.slice(2);
const rounds = Number(options.find((option) => option.startsWith("--rounds="))?.slice("--rounds=".length) ?? 5);
const json = options.includes("--json");
const best = (of: readonly Round[], call: number): number => Math.max(...of.map(({ rates }) => rates[call] ?? 0));

try {
  const xen = await realXen(undefined, process.cwd(), cacheFolder(process.env, process.cwd()), (line) => console.error(line));
  const there: Round[] = [];
  const here: Round[] = [];
  for (let i = 0; i < rounds; i++) {
    there.push(await onXen(xen));
    here.push(await onGranule());
    if (!json) console.error(`round ${i + 1} of ${rounds}`);
  }
  const rows = CALLS.map((call, i) => {
    const rate = { xen: best(there, i), granule: best(here, i) };
    const isSame = new Set([...there, ...here].map(({ answers }) => answers[i])).size === 1;
    return { call, ...rate, ratio: rate.granule / rate.xen, isSame };
  });
  const isOk = rows.every(({ ratio, isSame }) => ratio >= TARGET && isSame);
  if (json) console.log(JSON.stringify({ node: process.version, rounds, target: TARGET, ok: isOk, rows }, null, 2));
  else {
    console.log(`${"calls a second".padEnd(32)}${"Xen in QEMU".padStart(14)}${"granule".padStart(14)}`);
    for (const { call, xen: theirs, granule, ratio, isSame } of rows) {
      const note = `${ratio < TARGET ? `  BELOW target ${TARGET}` : ""}${isSame ? "" : "  ANSWERS DIFFER"}`;
      console.log(`${call.padEnd(32)}${theirs.toFixed(0).padStart(14)}${granule.toFixed(0).padStart(14)}  x${ratio.toFixed(2)}${note}`);
    }
  }
  process.exitCode = isOk ? 0 : 1;
} catch (error) {
  if (!(error instanceof GranuleError)) throw error;
  console.error(`${error.message}: ${error.hint}`);
  process.exitCode = 1;
}
