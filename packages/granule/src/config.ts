/**
 * The configuration of a run: domains with their own S1, G and ABI, and the block devices between them. One schema for
 * JSON, TypeScript and the published JSON Schema; unknown keys and impossible granules are refused before anything runs.
 */
import { type CpuModel, CPU_MODELS, findCpu } from "@granule/arm";
import { type AnyGranule, BACKING_UNIT, type Bytes, findGranule, GIB, GranuleError, GRANULES, KIB, MIB } from "@granule/units";
import * as z from "zod";

const SUFFIXES: Readonly<Record<string, number>> = { "": 1, K: KIB, M: MIB, G: GIB };
/** "64M", "4096", 65536: bytes. */
const size = z
  .union([z.number().int().positive(), z.string().regex(/^[1-9][0-9]*[KMG]?$/, "a size is bytes, or a number with K, M or G")])
  .meta({ description: "Bytes, or a number with K, M or G (powers of 1024)." });
const granule = z.enum(["4k", "16k", "64k"]).meta({ description: "A translation granule." });

const domain = z.strictObject({
  s1: granule.meta({ description: "S1: granule of the kernel's own tables." }),
  g: granule.default("4k").meta({ description: "G: stage 2 granule of the domain." }),
  abi: z.union([z.literal(1), z.literal(2)]).default(2).meta({ description: "ABI that the kernel uses." }),
  memory: size.default("32M").meta({ description: "RAM, a multiple of 64 KiB." }),
  fragment: size.optional().meta({ description: "RAM comes in machine-discontiguous pieces of this size, a multiple of G." }),
});
const disk = z.union([
  z.strictObject({ file: z.string().min(1).meta({ description: "A raw image, relative to the configuration." }) }),
  z.strictObject({ size: size.meta({ description: "A disk in memory, a multiple of 512 bytes." }) }),
]);
const block = z.strictObject({
  front: z.string().meta({ description: "Domain of the front end." }),
  back: z.string().meta({ description: "Domain of the back end." }),
  unit: z.enum(["baseline", "negotiated"]).default("negotiated").meta({ description: "Unit of sharing: 4096 bytes, or agreed on." }),
  disk: disk.default({ size: "8M" }),
  move: size.default("4M").meta({ description: "Bytes written and read back, a multiple of 512, no more than the disk." }),
  request: size.default("1M").meta({ description: "Bytes of one read or write call of the front end." }),
  persistent: z.boolean().default(false).meta({ description: "Persistent grants, where the back end can map." }),
});
const schema = z.strictObject({
  $schema: z.string().optional(),
  cpu: z.string().default("all-granules").meta({ description: "CPU model." }),
  seed: z.union([z.string(), z.number()]).default(1),
  xsm: z.enum(["dummy", "silo"]).default("dummy"),
  store: z.strictObject({ s1: granule.default("4k"), g: granule.default("4k") }).default({ s1: "4k", g: "4k" }).meta({ description: "Granules of the xenstore domain." }),
  domains: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/, "a name is a-z, 0-9 and -"), domain),
  block: z.array(block).default([]),
});

/** What a file says. */
export type ConfigInput = z.input<typeof schema>;

export interface DomainSetting {
  readonly name: string;
  /** S1. */
  readonly s1: AnyGranule;
  /** G. */
  readonly g: AnyGranule;
  readonly abi: 1 | 2;
  readonly memory: Bytes;
  readonly fragment: Bytes | undefined;
}
export type DiskSetting = { readonly file: string } | { readonly size: Bytes };
export interface BlockSetting {
  readonly front: DomainSetting;
  readonly back: DomainSetting;
  readonly unit: "baseline" | "negotiated";
  readonly disk: DiskSetting;
  readonly move: Bytes;
  readonly request: Bytes;
  readonly persistent: boolean;
}
/** A checked configuration. */
export interface Config {
  readonly cpu: CpuModel;
  readonly seed: string | number;
  readonly xsm: "dummy" | "silo";
  readonly store: { readonly s1: AnyGranule; readonly g: AnyGranule };
  readonly domains: readonly DomainSetting[];
  readonly block: readonly BlockSetting[];
}

/** Types a configuration file; the value is checked by {@link parseConfig} when it is run. */
export const defineConfig = (config: ConfigInput): ConfigInput => config;

/** JSON Schema (draft 2020-12) of a configuration file. */
export const configSchema = (): object => z.toJSONSchema(schema, { io: "input" });

const bytesOf = (text: string | number): Bytes => {
  if (typeof text === "number") return text;
  const unit = SUFFIXES[text.slice(-1)];
  return unit === undefined ? Number(text) : Number(text.slice(0, -1)) * unit;
};
const SECTOR = 512;

function granuleAt(cpu: CpuModel, name: string, stage: "stage1" | "stage2", path: string): AnyGranule {
  const g = findGranule(name);
  if (g === undefined) throw new GranuleError("GRAN0031", `${path}: "${name}" is no granule`, `Use ${GRANULES.map((x) => x.name).join(", ")}.`);
  if (cpu[stage].some((a) => a.size === g.size)) return g;
  const models = CPU_MODELS.filter((c) => c[stage].some((a) => a.size === g.size)).map((c) => c.name);
  throw new GranuleError("GRAN0032", `${path}: CPU ${cpu.name} has no ${g.name} granule at ${stage === "stage1" ? "stage 1" : "stage 2"}`, `Models that have it: ${models.join(", ")}.`);
}
function multiple(bytes: Bytes, unit: Bytes, path: string): Bytes {
  if (bytes > 0 && Number.isSafeInteger(bytes) && bytes % unit === 0) return bytes;
  throw new GranuleError("GRAN0033", `${path}: ${bytes} bytes is not a positive multiple of ${unit} bytes`);
}

/** Checks what a file says. @throws GranuleError GRAN0021, GRAN0031..GRAN0033 naming the key and the value. */
export function parseConfig(raw: unknown): Config {
  const r = schema.safeParse(raw);
  if (!r.success) {
    const issue = r.error.issues[0];
    const path = issue === undefined || issue.path.length === 0 ? "configuration" : issue.path.join(".");
    throw new GranuleError("GRAN0031", `${path}: ${issue?.message ?? "not valid"}`, "Run `granule run --schema` for the schema of the file.");
  }
  const c = r.data;
  const cpu = findCpu(c.cpu);
  if (cpu === undefined) throw new GranuleError("GRAN0021", `cpu: no model "${c.cpu}"`, `Models: ${CPU_MODELS.map((m) => m.name).join(", ")}.`);
  const domains = Object.entries(c.domains).map(([name, d]): DomainSetting => {
    const at = `domains.${name}`;
    const g = granuleAt(cpu, d.g, "stage2", `${at}.g`);
    return {
      name, g, s1: granuleAt(cpu, d.s1, "stage1", `${at}.s1`), abi: d.abi, memory: multiple(bytesOf(d.memory), BACKING_UNIT, `${at}.memory`),
      fragment: d.fragment === undefined ? undefined : multiple(bytesOf(d.fragment), g.size, `${at}.fragment`),
    };
  });
  const named = (name: string, path: string): DomainSetting => {
    const found = domains.find((d) => d.name === name);
    if (found === undefined) throw new GranuleError("GRAN0033", `${path}: no domain "${name}"`, `Domains: ${domains.map((d) => d.name).join(", ")}.`);
    return found;
  };
  const roles = new Map<string, string>();
  const takeRole = (d: DomainSetting, path: string): DomainSetting => {
    const other = roles.get(d.name);
    if (other !== undefined) throw new GranuleError("GRAN0033", `${path}: domain "${d.name}" is ${other} already`, "Give each end of each device a domain of its own.");
    roles.set(d.name, path);
    return d;
  };
  const devices = c.block.map((b, i): BlockSetting => {
    const at = `block.${i}`;
    const setting: DiskSetting = "file" in b.disk ? b.disk : { size: multiple(bytesOf(b.disk.size), SECTOR, `${at}.disk.size`) };
    const move = multiple(bytesOf(b.move), SECTOR, `${at}.move`);
    if ("size" in setting && move > setting.size) throw new GranuleError("GRAN0033", `${at}.move: ${move} bytes do not fit a disk of ${setting.size} bytes`);
    return {
      front: takeRole(named(b.front, `${at}.front`), `${at}.front`), back: takeRole(named(b.back, `${at}.back`), `${at}.back`), unit: b.unit, disk: setting, move,
      request: multiple(bytesOf(b.request), SECTOR, `${at}.request`), persistent: b.persistent,
    };
  });
  return { cpu, seed: c.seed, xsm: c.xsm, store: { s1: granuleAt(cpu, c.store.s1, "stage1", "store.s1"), g: granuleAt(cpu, c.store.g, "stage2", "store.g") }, domains, block: devices };
}
