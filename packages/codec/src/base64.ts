/** Base64 (RFC 4648, with padding) of bytes, for snapshots; browsers and Node 20 share no fast form of their own. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function toBase64(bytes: Uint8Array): string {
  let out = "";
  for (let i = 0; i < bytes.length; i += 3) {
    // MAGIC: three bytes make one word of 24 bits
    const n = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const chars = [18, 12, 6, 0].map((shift) => ALPHABET[(n >>> shift) & 63] ?? "");
    const kept = Math.min(4, bytes.length - i + 1);
    out += chars.slice(0, kept).join("").padEnd(4, "=");
  }
  return out;
}

/** @throws RangeError on a character outside the alphabet or a length that is no multiple of 4. */
export function fromBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw new RangeError(`base64: ${text.length} characters are not a multiple of 4`);
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const out = new Uint8Array((text.length / 4) * 3 - padding);
  let word = 0;
  let at = 0;
  for (let i = 0; i < text.length - padding; i++) {
    const digit = ALPHABET.indexOf(text[i] ?? "");
    if (digit < 0) throw new RangeError(`base64: character ${i} is not in the alphabet`);
    word = ((word << 6) | digit) & 0xffffff;
    const bits = ((i % 4) + 1) * 6;
    if (i % 4 !== 0 && at < out.length) out[at++] = (word >>> (bits % 8)) & 0xff;
  }
  return out;
}
