// TABLE: the schema of a report.
/** What a matrix report in JSON looks like, as JSON Schema (draft 2020-12), and the subset of it that is checked here. */
import { GRANULES } from "@granule/units";

/** The keywords that {@link violation} understands. */
export interface Schema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean" | readonly ("string" | "integer")[];
  readonly const?: string | number | boolean;
  readonly enum?: readonly (string | number)[];
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly items?: Schema;
}

const text: Schema = { type: "string" };
const count: Schema = { type: "integer", minimum: 0 };
const bytes = (description: string): Schema => ({ ...count, description: `${description}, bytes.` });
const list = (items: Schema): Schema => ({ type: "array", items });
const object = (properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema => ({
  type: "object", properties, required: Object.keys(properties).filter((key) => !optional.includes(key)), additionalProperties: false,
});
const granule: Schema = { enum: GRANULES.map((g) => g.name) };
const abi: Schema = { enum: [1, 2] };
const how: Schema = { enum: ["mapped", "copied"] };
const balloon: Schema = { enum: ["whole granules", "accumulates", "refused"] };

const cell = object(
  {
    s1Front: granule, s1Back: granule, gFront: granule, gBack: granule, abiFront: abi, abiBack: abi, mode: { enum: ["baseline", "negotiated"] },
    fragmented: { const: true }, forceUnit: bytes("The unit that the front end takes whatever the back end prefers"), storeG: granule, cpu: text,
  },
  ["fragmented", "forceUnit", "storeG", "cpu"],
);
const result = object(
  {
    id: text, cell, seed: { type: ["string", "integer"] }, outcome: { enum: ["mapped", "copied", "refused", "failed"] }, ring: how, data: how, unit: bytes("U; 0: never connected"),
    bytesMoved: bytes("Written plus read"), exposed: bytes("Granted for data beyond what was asked to move"), hypercalls: count,
    checks: list(object({ name: text, ok: { type: "boolean" }, why: text })),
    expected: object({ outcome: { enum: ["mapped", "copied", "refused"] }, ring: how, data: how, unit: bytes("U; 0: refused"), balloonFront: balloon, balloonBack: balloon }, ["ring", "data"]),
    passed: { type: "boolean" }, time: { type: "number", minimum: 0, description: "Nanoseconds of the machine's clock." },
  },
  ["ring", "data"],
);
const positive: Schema = { type: "integer", minimum: 1 };

export const REPORT_SCHEMA: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "A run of the matrix, or a shard of one",
  ...object({
    format: { const: "granule-matrix" }, version: { const: 1 }, seed: text,
    selection: object({ further: { type: "boolean" }, only: text, with: text, total: count, shard: object({ index: positive, count: positive }) }),
    cells: list(result),
    failures: list(object({ id: text, steps: text, why: list(text), trace: list(text) })),
  }),
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);
const typeOf = (value: unknown): string => (Array.isArray(value) ? "array" : value === null ? "null" : Number.isSafeInteger(value) ? "integer" : typeof value);

/** The first thing in `value` that `schema` does not allow, with its path; undefined when all is well. */
export function violation(schema: Schema, value: unknown, path = ""): string | undefined {
  const at = path === "" ? "the document" : path;
  const type = typeOf(value);
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  if (types.length > 0 && !types.some((t) => t === type || (t === "number" && type === "integer"))) return `${at} is ${type}, not ${types.join(" or ")}`;
  if (schema.const !== undefined && value !== schema.const) return `${at} is not ${JSON.stringify(schema.const)}`;
  if (schema.enum !== undefined && !schema.enum.some((e) => e === value)) return `${at} is none of ${schema.enum.join(", ")}`;
  if (schema.minimum !== undefined && typeof value === "number" && !(value >= schema.minimum)) return `${at} is below ${schema.minimum}`;
  const { items, properties, required = [] } = schema;
  if (items !== undefined && Array.isArray(value)) return firstOf(value.entries(), ([i, item]) => violation(items, item, `${path}[${i}]`));
  if (properties === undefined || !isRecord(value)) return undefined;
  const below = (key: string): string => (path === "" ? key : `${path}.${key}`);
  const missing = required.find((key) => !Object.hasOwn(value, key));
  if (missing !== undefined) return `${below(missing)} is missing`;
  return firstOf(Object.entries(value), ([key, inner]) => {
    const schemaOf = Object.hasOwn(properties, key) ? properties[key] : undefined;
    return schemaOf === undefined ? `${below(key)} is unknown` : violation(schemaOf, inner, below(key));
  });
}

function firstOf<T>(items: Iterable<T>, look: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = look(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
