import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { inFolder } from "../captured.ts";
import { runTool } from "./runTool.ts";

const node = (script: string, options: Parameters<typeof runTool>[2] = {}): Promise<string> => runTool(process.execPath, ["-e", script], options);

it("answers standard output, or gives it line by line", async () => {
  expect(await node("console.log('a\\nb'); console.error('c')")).toBe("a\nb\n");
  const lines: string[] = [];
  expect(await node("console.log('a\\nb')", { onLine: (line) => lines.push(line) })).toBe("");
  expect(lines).toEqual(["a", "b"]);
});

it("keeps everything in a log, one run after another", () =>
  inFolder({}, async (folder) => {
    const log = join(folder, "logs", "x.log");
    await node("console.log('one')", { log });
    await node("console.error('two')", { log });
    await expect.poll(() => readFileSync(log, "utf8")).toMatch(/^\$ .*\none\n\$ .*\ntwo\n$/);
  }));

it("quotes the last lines of what fails, and names the log", () =>
  inFolder({}, async (folder) => {
    const log = join(folder, "x.log");
    const failing = node("for (let i = 0; i < 20; i += 1) console.error('line', i); process.exit(3)", { log, hint: "Try again." });
    await expect(failing).rejects.toMatchObject({ code: "GRAN0091", message: expect.stringMatching(/ended with 3:\n {2}\| line 12\n[^]*line 19$/), hint: `Try again. All it said is in ${log}.` });
  }));

it("says that a program is not there", async () => {
  await expect(runTool("granule-no-such-program", [])).rejects.toMatchObject({ code: "GRAN0091", message: expect.stringContaining("could not be started") });
});
