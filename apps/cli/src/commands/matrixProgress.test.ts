import { expect, test } from "vitest";
import { createOutput } from "../output.ts";
import { createProgress } from "./matrixProgress.ts";

function watch(total: number, tty: boolean, msPerCell: number, env: NodeJS.ProcessEnv = {}) {
  let text = "", at = 0;
  const stream = { isTTY: tty, write: (s: string | Uint8Array) => ((text += String(s)), true) };
  const progress = createProgress(total, createOutput(stream, stream, env), () => at);
  return {
    step(passed = true): string {
      text = "";
      at += msPerCell;
      progress.step(passed);
      return text;
    },
  };
}

test("on a terminal: how far, what failed, how long yet, ten times a second at most", () => {
  const w = watch(10, true, 500);
  expect(w.step()).toBe("1 of 10 cells, 5 seconds left");
  expect(w.step(false)).toBe("\r\u001b[2K2 of 10 cells, 1 failed, 4 seconds left");
  for (let i = 3; i < 10; i++) w.step();
  expect(w.step()).toContain("10 of 10 cells, 1 failed, done");
  const fast = watch(100, true, 10);
  expect(Array.from({ length: 50 }, () => fast.step()).filter((s) => s !== "")).toHaveLength(5);
});

test.each([["elsewhere", false, {}], ["in CI", true, { CI: "true" }]])("%s: a line every tenth", (_, tty, env) => {
  const w = watch(648, tty, 100, env);
  const lines = Array.from({ length: 648 }, () => w.step()).filter((s) => s !== "");
  expect(lines).toHaveLength(10);
  expect(lines[0]).toBe("65 of 648 cells after 6.5 s\n");
  expect(lines[9]).toBe("648 of 648 cells after 64.8 s\n");
});

test("a few cells need no lines", () => {
  const w = watch(5, false, 100);
  expect(Array.from({ length: 5 }, () => w.step()).join("")).toBe("");
});
