/** `--load PATH@ADDRESS`: files that lie in the host's memory. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { LoadedFile } from "@granule/granule";
import { GranuleError } from "@granule/units";

const failed = (path: string, error: unknown): GranuleError => new GranuleError("GRAN0112", `${path}: ${error instanceof Error ? error.message : String(error)}`);

/** @throws GranuleError GRAN0112. */
export function readHostFile(cwd: string, path: string): Uint8Array {
  try {
    return readFileSync(resolve(cwd, path));
  } catch (error) {
    throw failed(path, error);
  }
}

/** @throws GranuleError GRAN0111 for what is no PATH@ADDRESS, GRAN0112. */
export function loadedFile(cwd: string, text: string): LoadedFile {
  const at = text.lastIndexOf("@");
  const address = Number(text.slice(at + 1));
  if (at <= 0 || text.length === at + 1 || !Number.isSafeInteger(address) || address < 0)
    throw new GranuleError("GRAN0111", `--load ${text}: not PATH@ADDRESS`, "Write the host's physical address as 0x60000000 or in decimal.");
  const path = text.slice(0, at);
  return { address, bytes: readHostFile(cwd, path), name: path };
}
