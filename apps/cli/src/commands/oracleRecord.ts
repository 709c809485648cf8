/** `granule oracle record`: what real Xen answers to a script, as a file. */
import { formatRecording } from "@granule/testkit";
import { GranuleError } from "@granule/units";
import { buildCommand } from "@stricli/core";
import { guarded, type CliContext } from "../context.ts";
import { cacheFolder } from "../guests/cache.ts";
import { XEN_FLAGS, type XenFlags } from "./oracleFlags.ts";
import { EXIT } from "../output.ts";
import { askXen, realXen } from "./oracleLive.ts";
import { oracleFiles, oracleScript } from "./oracleScripts.ts";

const HOST = "in QEMU, -M virt,virtualization=on,gic-version=3 -cpu cortex-a57";

export const recordCommand = buildCommand<XenFlags, [string], CliContext>({
  docs: {
    brief: "Print what real Xen answers to a script, as a file of answers",
    fullDescription: [
      "Real Xen in QEMU answers (granule oracle fetch says what that needs). With the answers beside it, as mine.json beside mine.t,",
      "a script is compared without Xen.",
      "",
      "Examples:",
      "  granule oracle record ./mine.t > mine.json",
      "  granule oracle compare ./mine.t",
    ].join("\n"),
  },
  parameters: {
    flags: {
      ...XEN_FLAGS,
    },
    positional: { kind: "tuple", parameters: [{ brief: "A script, or a file of one", parse: (value: string): string => value, placeholder: "script" }] },
  },
  func(flags, name) {
    return guarded(this, async () => {
      const script = oracleScript(name, this.cwd);
      const xen = await realXen(flags.xen, this.cwd, cacheFolder(this.env, this.cwd, flags.cache), (line) => this.output.note(line));
      let version = "Xen";
      const answers = await askXen(script, oracleFiles(), xen, {
        onLine(line) {
          const [, number, by] = /Xen version (\S+) \(([^)]*)\)/.exec(line) ?? [];
          if (number !== undefined) version = `Xen ${number} (${by ?? ""})`;
        },
      });
      if (answers.ending === "refused") throw new GranuleError("GRAN0114", `Xen does not start this: ${answers.why}`);
      this.output.result(formatRecording({ script: script.name, subject: `${version} ${HOST}`, ...answers }).trimEnd());
      return EXIT.ok;
    });
  },
});
