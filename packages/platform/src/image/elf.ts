/**
 * ELF64 executables for AArch64, by their program headers.
 * Source: System V ABI, "Object Files" and "Program Loading and Dynamic Linking"; ELF for the Arm 64-bit Architecture (IHI 0056).
 */
import { fail, hex, ok, type Result } from "@granule/units";
import type { ImageCode, KernelImage, Segment } from "../contract.ts";
import { hex64, u52, viewOf } from "./bytes.ts";

const HEADER = 64;
const PROGRAM_HEADER = 56;
/** Most program headers that are read; real files have fewer than ten. */
const MOST_HEADERS = 128;
const ELF_MAGIC = 0x464c457f;
const ELFCLASS64 = 2;
const ELFDATA2LSB = 1;
const EM_AARCH64 = 183;
const PT_LOAD = 1;
/** Places of the fields, in bytes. */
const E = { EI_CLASS: 4, EI_DATA: 5, e_machine: 18, e_entry: 24, e_phoff: 32, e_phentsize: 54, e_phnum: 56 } as const;
const P = { p_type: 0, p_offset: 8, p_vaddr: 16, p_paddr: 24, p_filesz: 32, p_memsz: 40 } as const;

export const isElf = (bytes: Uint8Array): boolean => bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === ELF_MAGIC;

interface Loaded extends Segment {
  readonly virtual: bigint;
}
function loadSegment(bytes: Uint8Array, view: DataView, at: number, index: number): Result<Loaded, ImageCode> {
  const [offset, paddr, filesz, memsz] = [u52(view, at + P.p_offset), u52(view, at + P.p_paddr), u52(view, at + P.p_filesz), u52(view, at + P.p_memsz)];
  if (paddr < 0) return fail("bad-segment", `ELF: segment ${index}: p_paddr ${hex64(view, at + P.p_paddr)} is no physical address below 2^52`);
  if (offset < 0 || filesz < 0 || offset + filesz > bytes.length)
    return fail("bad-segment", `ELF: segment ${index}: p_offset ${hex64(view, at + P.p_offset)} + p_filesz ${hex64(view, at + P.p_filesz)} bytes end beyond the file's ${bytes.length} bytes`);
  if (memsz < filesz) return fail("bad-segment", `ELF: segment ${index}: p_memsz ${hex64(view, at + P.p_memsz)} bytes, p_filesz ${hex64(view, at + P.p_filesz)} bytes: not as many or more`);
  return ok({ at: paddr, size: memsz, bytes: bytes.subarray(offset, offset + filesz), virtual: view.getBigUint64(at + P.p_vaddr, true) });
}

/** Parses bytes that are {@link isElf}. The entry becomes a physical address by the segment that it is in. */
export function parseElf(bytes: Uint8Array, compressed: boolean): Result<KernelImage, ImageCode> {
  if (bytes.length < HEADER) return fail("too-short", `ELF: ${bytes.length} bytes, less than the header's ${HEADER} bytes`);
  const view = viewOf(bytes);
  if (bytes[E.EI_CLASS] !== ELFCLASS64) return fail("wrong-class", `ELF: EI_CLASS ${bytes[E.EI_CLASS]}, not ${ELFCLASS64} (64-bit)`);
  if (bytes[E.EI_DATA] !== ELFDATA2LSB) return fail("big-endian", `ELF: EI_DATA ${bytes[E.EI_DATA]}, not ${ELFDATA2LSB} (little-endian)`);
  const machine = view.getUint16(E.e_machine, true);
  if (machine !== EM_AARCH64) return fail("wrong-machine", `ELF: e_machine ${machine}, not ${EM_AARCH64} (AArch64)`);
  const [phoff, phentsize, phnum] = [u52(view, E.e_phoff), view.getUint16(E.e_phentsize, true), view.getUint16(E.e_phnum, true)];
  if (phentsize < PROGRAM_HEADER || phnum > MOST_HEADERS)
    return fail("bad-header", `ELF: e_phnum ${phnum} program headers of e_phentsize ${phentsize} bytes, not at most ${MOST_HEADERS} of at least ${PROGRAM_HEADER} bytes`);
  if (phoff < 0 || phoff + phnum * phentsize > bytes.length)
    return fail("too-short", `ELF: program headers at e_phoff ${hex64(view, E.e_phoff)}, ${phnum * phentsize} bytes, end beyond the file's ${bytes.length} bytes`);

  const segments: Loaded[] = [];
  for (let i = 0; i < phnum; i++) {
    const at = phoff + i * phentsize;
    if (view.getUint32(at + P.p_type, true) !== PT_LOAD || view.getBigUint64(at + P.p_memsz, true) === 0n) continue;
    const segment = loadSegment(bytes, view, at, i);
    if (!segment.ok) return segment;
    segments.push(segment.value);
  }
  if (segments.length === 0) return fail("bad-segment", "ELF: there is no PT_LOAD segment");
  const entry = view.getBigUint64(E.e_entry, true);
  const home = segments.find((s) => entry >= s.virtual && entry < s.virtual + BigInt(s.size));
  if (home === undefined) return fail("bad-header", `ELF: e_entry ${hex(entry)} is in no PT_LOAD segment`);
  return ok({
    format: "elf64", compressed, granule: undefined, textOffset: 0, align: 1, entry: home.at + Number(entry - home.virtual),
    segments: segments.map(({ at, size, bytes: content }) => ({ at, size, bytes: content })),
  });
}
