/** gzip (RFC 1952) by the platform's own DecompressionStream, within a limit. */
import { type Bytes, fail, formatBytes, ok, type Result } from "@granule/units";

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Unpacks. The stream checks the CRC and the length, so a torn or changed file is noticed. */
export async function gunzip(bytes: Uint8Array, limit: Bytes): Promise<Result<Uint8Array, "torn-gzip" | "too-large">> {
  const stream = new DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  // Both fail when the data is bad; the reader's failure is the one that is told.
  const written = writer.write(Uint8Array.from(bytes)).then(() => writer.close());
  written.catch(() => undefined);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (part.value === undefined) continue;
      size += part.value.length;
      if (size > limit) {
        await reader.cancel();
        return fail("too-large", `gzip: unpacks to more than the limit of ${formatBytes(limit)}`);
      }
      chunks.push(part.value);
    }
    await written;
  } catch (error) {
    return fail("torn-gzip", `gzip: ${bytes.length} bytes unpack to ${size} bytes and end too early, or are damaged${error instanceof Error && error.message !== "" ? ` (${error.message})` : ""}`);
  }
  const out = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return ok(out);
}
