// `npm run bench [-- FILTER... --ms=N --json]`: runs the benches of every src/**/*.bench.ts whose
// "package: name" contains one of the filters. A calibration loop runs before and after; rates are
// also given as a ratio to it, which compares across machines. FILTER "engine": the A64 engine beside
// QEMU instead (tools/a64-bench); "oracle": hypercalls beside real Xen in QEMU (tools/oracle-bench).
import { globSync } from "node:fs";
import { join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./steps.mjs";

const args = process.argv.slice(2);
const filters = args.filter((arg) => !arg.startsWith("--"));
const ms = Number(args.find((arg) => arg.startsWith("--ms="))?.slice(5) ?? 500);
const json = args.includes("--json");
const now = () => Number(process.hrtime.bigint()) / 1e9;

/** See tools/bench/contract.ts. */
function timed(limit, batch) {
  const start = now();
  let count = 0;
  let seconds = 0;
  do {
    count += batch();
    seconds = now() - start;
  } while (seconds * 1000 < limit);
  return { count, seconds };
}

/** Integer arithmetic and memory access: what most of this code does. */
function calibrate() {
  const words = new Uint32Array(1 << 13).fill(1);
  const batch = () => {
    let x = 1;
    for (let i = 0; i < 100_000; i += 1) {
      x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
      words[x & 8191] = (words[(x >>> 7) & 8191] ?? 0) + i;
    }
    return 100_000;
  };
  timed(100, batch);
  const { count, seconds } = timed(300, batch);
  return count / seconds;
}

const si = (rate) => {
  for (const [scale, letter] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) if (rate >= scale) return `${(rate / scale).toFixed(2)} ${letter}`;
  return `${rate.toFixed(2)} `;
};

const BESIDE_QEMU = { engine: "../tools/a64-bench/run.ts", oracle: "../tools/oracle-bench/run.ts" };
for (const [filter, program] of Object.entries(BESIDE_QEMU)) {
  if (!filters.includes(filter)) continue;
  await import(program);
  process.exit();
}
const files = globSync("{packages,apps}/*/src/**/*.bench.ts", { cwd: root }).sort();
const before = calibrate();
if (!json) console.log(`calibration: ${si(before)}op/s (ratios are to this)\n`);
const rows = [];
for (const file of files) {
  const owner = file.split(sep)[1];
  const { benches } = await import(pathToFileURL(join(root, file)).href);
  if (!Array.isArray(benches)) throw new Error(`${file} exports no \`benches\` (see tools/bench/contract.ts)`);
  for (const bench of benches) {
    const title = `${owner}: ${bench.name}`;
    if (filters.length > 0 && !filters.some((filter) => title.includes(filter))) continue;
    await bench.run(ms / 5, timed);
    const { count, seconds } = await bench.run(ms, timed);
    const rate = count / seconds;
    const ratio = rate / before;
    const row = { title, unit: bench.unit, rate, ratio, target: bench.target ?? null, ok: bench.target === undefined || ratio >= bench.target };
    rows.push(row);
    if (json) continue;
    const target = bench.target === undefined ? "" : row.ok ? `  target ${bench.target}` : `  BELOW target ${bench.target}`;
    console.log(`${title.padEnd(48)} ${`${si(rate)}${bench.unit}/s`.padStart(22)}  ${`${(1e9 / rate).toFixed(1)} ns`.padStart(14)}  x${ratio.toPrecision(3)}${target}`);
  }
}
const after = calibrate();
const drift = Math.abs(after / before - 1);
const below = rows.filter((row) => !row.ok).length;
if (json) console.log(JSON.stringify({ node: process.version, calibration: { before, after }, rows }, null, 2));
else {
  if (rows.length === 0) console.log(files.length === 0 ? "no *.bench.ts file yet" : "no bench matches");
  if (drift > 0.1) console.log(`\nthe machine's speed changed by ${Math.round(drift * 100)}% meanwhile: run again before believing a ratio`);
  console.log(`\n${rows.length} run, ${below} below target`);
}
process.exitCode = below > 0 ? 1 : 0;
