/**
 * A domain's image: its RAM by IPA, its registers and its programs' states, without anything of the host that it ran on.
 * It can be built again on another host with another stage 2 granule, if every boundary of its RAM is a multiple of that.
 * As after Xen's suspend, the guest finds no event channels, grants or placed objects, and sets them up anew; so it
 * negotiates its devices' units anew as well.
 */
import { fromBase64, toBase64 } from "@granule/codec";
import { type Json, jsonList, jsonNumber, jsonObject, jsonString } from "@granule/kit";
import { type EngineFactory, type MachineParts, VcpuRegsLayout } from "@granule/machine";
import { add, type AnyGranule, BACKING_UNIT, type Bytes, fail, GranuleError, hex, type Ipa, ipa, isAligned, ok, range, type Range, type Result, toNumber } from "@granule/units";
import { type Domain, type Domains, type Frames, P2M } from "./contract.ts";

const VERSION = 1;
const WHAT = "a domain's image";

const ramRuns = (d: Domain): readonly Range<"ipa">[] => {
  const out: { start: Ipa; size: Bytes }[] = [];
  for (const run of d.p2m.runs(d.layout.ram)) {
    if (run.type !== P2M.ram) continue;
    const last = out.at(-1);
    if (last !== undefined && toNumber(last.start) + last.size === toNumber(run.ipa)) last.size += run.size;
    else out.push({ start: run.ipa, size: run.size });
  }
  return out;
};
const registers = (parts: MachineParts, d: Domain, i: number): Uint8Array => {
  const view = d.vcpus[i]?.regs.view;
  if (view === undefined) throw new GranuleError("GRAN0018", `${WHAT} has more vcpus than the domain`);
  return parts.memory.u8.subarray(view.byteOffset, view.byteOffset + VcpuRegsLayout.size);
};

/** @throws GranuleError GRAN0037 when a vcpu is not parked at a checkpoint. */
export function saveImage(parts: MachineParts, d: Domain): Json {
  const blocks: Json[] = [];
  for (const run of d.p2m.runs(d.layout.ram)) {
    if (run.type !== P2M.ram) continue;
    for (let done = 0; done < run.size; done += BACKING_UNIT) {
      const bytes = parts.memory.bytes(add(run.pa, done), Math.min(BACKING_UNIT, run.size - done));
      if (bytes.some((b) => b !== 0)) blocks.push([toNumber(run.ipa) + done, toBase64(bytes)]);
    }
  }
  const vcpus = d.vcpus.map((v, i): Json => {
    const engine = v.engine.save();
    if (!engine.ok) throw new GranuleError("GRAN0037", `domain "${d.name}" vcpu ${i}: ${engine.why}`, "Use Scheduler.park(), or save at a checkpoint.");
    return { registers: toBase64(registers(parts, d, i)), retired: v.regs.retired, engine: engine.value };
  });
  return {
    version: VERSION, name: d.name, granule: d.granule.size, ram: d.layout.ram.size, maximum: d.maximumBytes,
    runs: ramRuns(d).map((r) => [toNumber(r.start), r.size]), memory: blocks, vcpus,
  };
}

/** Gives back what the image has not: the domain was built whole. */
function punchHoles(domains: Domains, frames: Frames, d: Domain, kept: readonly Range<"ipa">[]): Result<undefined, "ENOMEM"> {
  let next = d.layout.ram.start;
  const end = add(d.layout.ram.start, d.layout.ram.size);
  for (const run of [...kept, range(end, 0)]) {
    const hole = range(next, toNumber(run.start) - toNumber(next));
    next = add(run.start, run.size);
    if (hole.size === 0) continue;
    const gone = [...d.p2m.runs(hole)];
    const r = d.p2m.unmap(hole);
    if (!r.ok) {
      domains.destroy(d);
      return fail("ENOMEM", r.why);
    }
    for (const g of gone) frames.disown(d, g.pa, g.size);
  }
  return ok(undefined);
}

/**
 * Builds the domain of an image with stage 2 granule `granule`. EINVAL: a boundary of its RAM is no multiple of that, or
 * the host's CPU lacks it; ENOMEM, EEXIST as {@link Domains.create}. Nothing is left behind by a failure.
 * @throws GranuleError GRAN0018 when the image is torn.
 */
export function restoreImage(
  parts: MachineParts, domains: Domains, frames: Frames, image: Json, granule: AnyGranule, engineOf: (vcpu: number) => EngineFactory,
): Result<Domain, "EINVAL" | "ENOMEM" | "EEXIST"> {
  const s = jsonObject(image, WHAT);
  if (s["version"] !== VERSION) throw new GranuleError("GRAN0018", `${WHAT} of version ${String(s["version"])}, this is ${VERSION}`);
  const name = jsonString(s["name"], `${WHAT}: name`);
  const kept = jsonList(s["runs"], `${WHAT}: runs`).map((r) => {
    const [start, size] = jsonList(r, `${WHAT}: a run`);
    return range(ipa(jsonNumber(start, "a run's start")), jsonNumber(size, "a run's size"));
  });
  for (const r of kept)
    if (!isAligned(r.start, granule.size) || r.size % granule.size !== 0)
      return fail("EINVAL", `domain "${name}": its RAM at ${hex(r.start)}+${hex(r.size)} bytes is no multiple of the new stage 2 granule of ${granule.size} bytes`);
  const vcpus = jsonList(s["vcpus"], `${WHAT}: vcpus`).map((v) => jsonObject(v, `${WHAT}: a vcpu`));
  const made = domains.create({ name, granule, ram: jsonNumber(s["ram"], `${WHAT}: ram`), maximum: jsonNumber(s["maximum"], `${WHAT}: maximum`), vcpus: vcpus.map((_, i) => engineOf(i)) });
  if (!made.ok) return made;
  const d = made.value;
  const holes = punchHoles(domains, frames, d, kept);
  if (!holes.ok) return holes;
  for (const b of jsonList(s["memory"], `${WHAT}: memory`)) {
    const [at, text] = jsonList(b, `${WHAT}: a block`);
    const bytes = fromBase64(jsonString(text, "a block"));
    for (let done = 0; done < bytes.length; ) {
      const entry = d.p2m.lookup(ipa(jsonNumber(at, "a block's address") + done));
      if (entry?.type !== P2M.ram) throw new GranuleError("GRAN0018", `${WHAT} has memory outside its RAM`);
      const n = Math.min(bytes.length - done, entry.size);
      parts.memory.bytes(entry.pa, n).set(bytes.subarray(done, done + n));
      done += n;
    }
  }
  vcpus.forEach((v, i) => {
    registers(parts, d, i).set(fromBase64(jsonString(v["registers"], "registers")));
    const vcpu = d.vcpus[i];
    if (vcpu === undefined) return;
    vcpu.regs.retired = jsonNumber(v["retired"], "retired");
    vcpu.regs.generation++;
    vcpu.engine.load(v["engine"] ?? null);
  });
  return ok(d);
}
