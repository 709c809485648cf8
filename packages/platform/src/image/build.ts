/** Builds image files for tests, field by field, from the formats' descriptions. */
export interface ImageFields {
  readonly textOffset?: bigint;
  readonly imageSize?: bigint;
  readonly flags?: bigint;
  readonly magic?: number;
  /** Bytes of the whole file, with the header's 64. */
  readonly size?: number;
}
/** An arm64 Image; bytes after the header count up. */
export function buildLinuxImage({ textOffset = 0n, imageSize, flags = 0xan, magic = 0x644d5241, size = 256 }: ImageFields = {}): Uint8Array {
  const bytes = Uint8Array.from({ length: Math.max(size, 64) }, (_, i) => (i < 64 ? 0 : i & 0xff));
  const view = new DataView(bytes.buffer);
  // b to the first instruction after the header
  view.setUint32(0, 0x14000010, true);
  view.setBigUint64(8, textOffset, true);
  view.setBigUint64(16, imageSize ?? BigInt(size), true); // MAGIC: image_size
  view.setBigUint64(24, flags, true);
  view.setUint32(56, magic, true);
  return bytes.subarray(0, size);
}

interface ElfSegment {
  readonly type?: number;
  readonly paddr: bigint;
  readonly vaddr?: bigint;
  readonly bytes: Uint8Array;
  readonly memsz?: bigint;
  readonly offset?: bigint;
  readonly filesz?: bigint;
}
export interface ElfFields {
  readonly entry: bigint;
  readonly segments: readonly ElfSegment[];
  readonly machine?: number;
  readonly elfClass?: number;
  readonly data?: number;
  readonly phentsize?: number;
  readonly phnum?: number;
  readonly phoff?: bigint;
}
/** An ELF64 executable: header, program headers, then the segments' bytes one after the other. */
export function buildElf({ entry, segments, machine = 183, elfClass = 2, data = 1, phentsize = 56, phnum, phoff = 64n }: ElfFields): Uint8Array {
  const first = 64 + 56 * segments.length;
  const bytes = new Uint8Array(first + segments.reduce((sum, s) => sum + s.bytes.length, 0));
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, elfClass, data, 1]);
  view.setUint16(16, 2, true); // MAGIC: e_type
  view.setUint16(18, machine, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, entry, true);
  view.setBigUint64(32, phoff, true);
  view.setUint16(52, 64, true);
  view.setUint16(54, phentsize, true);
  view.setUint16(56, phnum ?? segments.length, true);
  let at = first;
  segments.forEach((s, i) => {
    const header = 64 + 56 * i;
    view.setUint32(header, s.type ?? 1, true);
    view.setBigUint64(header + 8, s.offset ?? BigInt(at), true);
    view.setBigUint64(header + 16, s.vaddr ?? s.paddr, true); // MAGIC: p_vaddr
    view.setBigUint64(header + 24, s.paddr, true);
    view.setBigUint64(header + 32, s.filesz ?? BigInt(s.bytes.length), true);
    view.setBigUint64(header + 40, s.memsz ?? BigInt(s.bytes.length), true);
    bytes.set(s.bytes, at);
    at += s.bytes.length;
  });
  return bytes;
}
