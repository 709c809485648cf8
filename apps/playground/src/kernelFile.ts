/** A kernel's file: what it is, for the page to show and for the worker to load. */
import { type ImageCode, type KernelImage, loadImage } from "@granule/platform";
import { ok, type Result } from "@granule/units";

export interface KernelFile {
  readonly image: KernelImage;
  /** Why it is taken for a flat binary, when it has no header that is known. */
  readonly doubt?: string;
}

/** What bytes without any known header are: perhaps a program of somebody who knows what he does. */
const HEADERLESS: readonly ImageCode[] = ["wrong-machine", "too-short"];

/** Reads it; a file without a known header is a flat binary for the start of RAM, with a doubt. */
export async function readKernel(bytes: Uint8Array): Promise<Result<KernelFile, ImageCode>> {
  const known = await loadImage(bytes);
  if (known.ok) return ok({ image: known.value });
  if (!HEADERLESS.includes(known.code)) return known;
  const flat = await loadImage(bytes, { flatOffset: 0 });
  // what has a header of another machine is no flat binary either
  return flat.ok ? ok({ image: flat.value, doubt: known.why }) : flat;
}
