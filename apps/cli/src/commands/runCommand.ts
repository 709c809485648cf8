/** `granule run CONFIG`: a configuration of one's own. */
import { resolve } from "node:path";
import { configSchema, runConfig } from "@granule/granule";
import { type FileDisk, loadConfig, openFileDisk } from "@granule/granule/node";
import { memoryDisk } from "@granule/pv-block";
import { formatBytes, GranuleError } from "@granule/units";
import { buildCommand } from "@stricli/core";
import { guarded, type CliContext } from "../context.ts";
import { EXIT, formatTable } from "../output.ts";
import { COSTS_HEADER, costsRow, SIZES_HEADER, sizesRow, summarise } from "./report.ts";
import { traceFile } from "./traceFile.ts";

interface Flags {
  readonly trace?: string;
  readonly seed?: string;
  readonly json: boolean;
  readonly schema: boolean;
}
const text = (value: string): string => value;

export const runCommand = buildCommand<Flags, [string?], CliContext>({
  docs: {
    brief: "Run a configuration: domains with their own page sizes and the block devices between them",
    fullDescription: [
      "Takes a JSON file, or a module with `export default defineConfig({...})`. Each block device writes its payload, flushes,",
      "reads it back and disconnects. The same configuration and seed give the same trace, byte for byte.",
      "",
      "Examples:",
      "  granule run examples/pair.json",
      "  granule run examples/pair.config.ts --json",
      "  granule run examples/pair.json --trace a.jsonl --seed 7",
      "  granule run --schema > granule.schema.json",
    ].join("\n"),
  },
  parameters: {
    flags: {
      trace: { kind: "parsed", parse: text, brief: "Write every exit, walk and answer to this file, a JSON object a line", optional: true },
      seed: { kind: "parsed", parse: text, brief: "Instead of the configuration's", optional: true },
      json: { kind: "boolean", brief: "One JSON document", default: false },
      schema: { kind: "boolean", brief: "Print the JSON Schema of configuration files", default: false },
    },
    positional: { kind: "tuple", parameters: [{ brief: "Configuration file", parse: text, placeholder: "config", optional: true }] },
  },
  func(flags, file) {
    return guarded(this, async () => {
      const { output } = this;
      if (flags.schema) {
        output.result(JSON.stringify(configSchema(), null, 2));
        return EXIT.ok;
      }
      if (file === undefined) throw new GranuleError("GRAN0036", "no configuration was given", "For example: granule run examples/pair.json");
      const { config, folder } = await loadConfig(resolve(this.cwd, file), flags.seed === undefined ? {} : { seed: flags.seed });
      const trace = flags.trace === undefined ? undefined : traceFile(resolve(this.cwd, flags.trace));
      const disks: FileDisk[] = [];
      try {
        const report = runConfig(config, {
          disk(setting) {
            if ("size" in setting.disk) return memoryDisk(new Uint8Array(setting.disk.size));
            const disk = openFileDisk(resolve(folder, setting.disk.file));
            disks.push(disk);
            return disk;
          },
          ...(trace === undefined ? {} : { trace: trace.sink }),
          onProgress: (done, total) => output.progress(`${formatBytes(done)} of ${formatBytes(total)} moved`),
        });
        const summaries = report.devices.map(summarise);
        if (flags.json) output.result(JSON.stringify({ time: report.time, devices: summaries, consoles: report.consoles }, null, 2));
        else {
          for (const line of formatTable([SIZES_HEADER, ...summaries.map(sizesRow)])) output.result(line);
          output.result("");
          output.result("per MiB moved:");
          for (const line of formatTable([COSTS_HEADER, ...summaries.map(costsRow)], COSTS_HEADER.map((_, i) => i))) output.result(`  ${line}`);
          output.result("");
          for (const [i, s] of summaries.entries()) output.result(`block ${i}: sha256 ${s.sha256.readBack} ${s.intact ? output.style("green", "as written") : output.style("red", `DIFFERS from ${s.sha256.payload}`)}`);
          for (const line of report.consoles) output.note(`(d${line.domid}) ${line.text}`);
        }
        return summaries.every((s) => s.intact) ? EXIT.ok : EXIT.failed;
      } finally {
        for (const d of disks) d.close();
        trace?.close();
      }
    });
  },
});
