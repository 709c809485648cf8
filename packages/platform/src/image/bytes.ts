/** Reading numbers of a file's header without trusting them. */

/** A little-endian u64 as a number; -1 when it is not below 2^52, which no address and no size of a file is. */
export function u52(view: DataView, at: number): number {
  const high = view.getUint32(at + 4, true);
  return high < 0x10_0000 ? high * 2 ** 32 + view.getUint32(at, true) : -1;
}
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
/** A u64 for a message. */
export const hex64 = (view: DataView, at: number): string => `0x${view.getBigUint64(at, true).toString(16)}`;
