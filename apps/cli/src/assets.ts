/** Files that come with the program, beside `src` and `dist`. This module stays directly in either. */
import { readFileSync } from "node:fs";

/** A file of `guests/`: what guests are built from. */
export const guestAsset = (name: string): Uint8Array => readFileSync(new URL(`../guests/${name}`, import.meta.url));
