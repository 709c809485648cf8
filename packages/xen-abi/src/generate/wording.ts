/** Words and small layouts that every generator shares. */
import type { Dir, ErrorRow, Field, Hypercall } from "../descriptor.ts";
import { codeNumber } from "../errors.ts";
import { NR } from "../constants.ts";
import { sizeOf, slotsOf } from "../wire.ts";

/** One row of a structure or register list, in order of place. */
export interface FieldRow {
  readonly name: string;
  readonly field: Field<unknown, Dir>;
  /** "x2", or the byte offset. */
  readonly place: string;
  readonly inRegs: boolean;
  readonly at: number;
  /** Bytes; 8 in a register. */
  readonly size: number;
}
export const fieldRows = (d: Hypercall): readonly FieldRow[] =>
  slotsOf(d)
    .map((s) => ({ name: s.name, field: s.field, place: s.inRegs ? `x${s.at / 8}` : String(s.at), inRegs: s.inRegs, at: s.at, size: s.inRegs ? 8 : sizeOf(s.field) }))
    .sort((a, b) => Number(b.inRegs) - Number(a.inRegs) || a.at - b.at);

/** "-18", the number in x0 or in a status field. */
export const numberOf = (e: ErrorRow): string => String(codeNumber(e.code));

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(NR).map(([name, nr]) => [nr, name]));
/** The hypercall's name, without the `_v2` that tells it from its v1 namesake. */
export const groupName = (nr: number): string => (NAMES.get(nr) ?? `hypercall ${nr}`).replace(/_v2$/, "");

/** Calls by hypercall number, each with its key in V1 or V2, in order of number and operation. */
export function groups(calls: Readonly<Record<string, Hypercall>>): readonly { readonly nr: number; readonly calls: readonly { readonly key: string; readonly d: Hypercall }[] }[] {
  const list = Object.entries(calls).map(([key, d]) => ({ key, d }));
  return [...new Set(list.map(({ d }) => d.nr))]
    .sort((a, b) => a - b)
    .map((nr) => ({ nr, calls: list.filter(({ d }) => d.nr === nr).sort((a, b) => (a.d.op ?? 0) - (b.d.op ?? 0)) }));
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((c) => c.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
