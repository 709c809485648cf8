/** Files that come with the program, beside `src` and `dist`. This module stays directly in either. */
import { readdirSync, readFileSync } from "node:fs";

/** A file of `guests/`: what guests are built from. */
export const guestAsset = (name: string): Uint8Array => readFileSync(new URL(`../guests/${name}`, import.meta.url));

/** A file of `oracle/`: scripts, answers and the guest that executes scripts. */
export const oracleAsset = (name: string): Uint8Array => readFileSync(new URL(`../oracle/${name}`, import.meta.url));
/** Names of the scripts that have answers. */
export const oracleScripts = (): readonly string[] =>
  readdirSync(new URL("../oracle/answers/", import.meta.url)).filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -".json".length)).sort();
