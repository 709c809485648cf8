/** A machine that is saved at a checkpoint and restored ends as if nothing had happened: here, and in another process. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { DomainsPort, FramesPort, SchedulerPort } from "@granule/hypervisor";
import { GranuleError, GRANULES } from "@granule/units";
import { createTalk, finish, isJson, type Talk } from "./snapshotWorld.ts";

const CASES = GRANULES.flatMap((a) => GRANULES.map((b) => ({ a, b })));

/** Runs some turns, parks, and answers the snapshot. */
function interrupted(talk: Talk, turns: number): string {
  talk.machine.get(SchedulerPort).run({ slices: turns });
  expect(talk.machine.get(SchedulerPort).park()).toBe(true);
  return JSON.stringify(talk.machine.save());
}

describe("two domains that grant, signal, map and balloon", () => {
  test.each(CASES)("G = $a.name and $b.name: the restored machine ends in the same trace", ({ a, b }) => {
    for (const turns of [3, 60]) {
      const first = createTalk(a, b);
      const snapshot: unknown = JSON.parse(interrupted(first, turns));
      const mark = first.trace.length;
      const wanted = finish(first);
      const second = createTalk(a, b, "empty");
      if (!isJson(snapshot)) throw new Error("not JSON");
      second.machine.load(snapshot);
      expect(finish(second)).toEqual(wanted);
      expect(second.trace).toEqual(first.trace.slice(mark));
      expect(second.trace.length).toBeGreaterThan(turns === 3 ? 50 : 5);
    }
  });
  test("in another process", () => {
    const folder = mkdtempSync(join(tmpdir(), "granule-snapshot-"));
    try {
      const talk = createTalk(GRANULES[1] ?? GRANULES[0]!, GRANULES[2] ?? GRANULES[0]!);
      writeFileSync(join(folder, "snapshot.json"), interrupted(talk, 40));
      const mark = talk.trace.length;
      const wanted = finish(talk);
      execFileSync(process.execPath, ["--conditions=@granule/source", fileURLToPath(new URL("../test/snapshotChild.ts", import.meta.url)), folder], { stdio: "inherit" });
      const child: unknown = JSON.parse(readFileSync(join(folder, "result.json"), "utf8"));
      expect(child).toEqual({ result: wanted, trace: talk.trace.slice(mark) });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  test("a destroyed domain of a restored machine leaves nothing behind", () => {
    const first = createTalk(GRANULES[0]!, GRANULES[2]!);
    const snapshot: unknown = JSON.parse(interrupted(first, 40));
    const second = createTalk(GRANULES[0]!, GRANULES[2]!, "empty");
    if (!isJson(snapshot)) throw new Error("not JSON");
    second.machine.load(snapshot);
    const domains = second.machine.get(DomainsPort);
    for (const d of Array.from(domains.list())) domains.destroy(d);
    const { free, ...rest } = second.machine.get(FramesPort).totals();
    expect(rest).toEqual({ owned: 0, referenced: 0, objects: 0 });
    expect(free).toBeGreaterThan(0);
  });
});

describe("what cannot be saved or restored says so", () => {
  const codeOf = (work: () => unknown): string => {
    try {
      work();
      return "none";
    } catch (e) {
      return e instanceof GranuleError ? `${e.code}: ${e.message}` : String(e);
    }
  };
  test("a vcpu that is not at a checkpoint", () => {
    const talk = createTalk(GRANULES[0]!, GRANULES[0]!);
    // after some turns the mapper sleeps between two checkpoints
    const answers = Array.from({ length: 8 }, () => {
      talk.machine.get(SchedulerPort).run({ slices: 1 });
      return codeOf(() => talk.machine.save());
    });
    expect(answers.find((a) => a !== "none")).toMatch(/^GRAN0037: domain "(granter|mapper)" vcpu 0/);
  });
  test("a torn snapshot, another plugin's version, no program", () => {
    const talk = createTalk(GRANULES[0]!, GRANULES[0]!);
    const snapshot = interrupted(talk, 3);
    const load = (text: string, kind: "empty" | "no programs" = "empty") => {
      const json: unknown = JSON.parse(text);
      if (!isJson(json)) throw new Error("not JSON");
      return codeOf(() => createTalk(GRANULES[0]!, GRANULES[0]!, kind).machine.load(json));
    };
    expect(load("{}")).toMatch(/^GRAN0018/);
    expect(load(snapshot.replace('"domains":[{', '"domians":[{'))).toMatch(/^GRAN0018: the snapshot is torn: hypervisor.domains is missing/);
    expect(load(snapshot.replace(/"hypervisor":\{"version":\d+/, '"hypervisor":{"version":999'))).toMatch(/^GRAN0019/);
    expect(load(snapshot, "no programs")).toMatch(/^GRAN0038: the snapshot has domain "granter", vcpu 0/);
  });
});
