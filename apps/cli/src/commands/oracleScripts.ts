/** Scripts of the collection beside the program, and files of the user's. */
import { basename, dirname, join } from "node:path";
import { type Answers, parseRecording, parseScript, type Script } from "@granule/testkit";
import { GranuleError } from "@granule/units";
import { oracleAsset, oracleScripts } from "../assets.ts";
import { readHostFile } from "./dom0lessFiles.ts";

const EXTENSION = ".t";
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const textOf = (name: string): string => decode(oracleAsset(name));
/** What scripts include: macros for the structures. */
export const MACROS = "lib.inc";
const included = (file: string): string => textOf(`scripts/${file}`);

/** Whether a name means a file of the user's. */
export const isFile = (name: string): boolean => name.endsWith(EXTENSION);

/** A script's text, which may include {@link MACROS}. @throws GranuleError GRAN0113. */
export const parseText = (name: string, text: string): Script => parseScript(name, text, included);

/** A script of the collection, or a file, in `cwd`, whose name ends in .t. @throws GranuleError GRAN0112, GRAN0113. */
export function oracleScript(name: string, cwd = ""): Script {
  if (isFile(name)) {
    const other = (file: string): string => (file === MACROS ? included(file) : decode(readHostFile(cwd, join(dirname(name), file))));
    return parseScript(basename(name, EXTENSION), decode(readHostFile(cwd, name)), other);
  }
  const names = oracleScripts();
  if (!names.includes(name)) throw new GranuleError("GRAN0113", `no script "${name}"`, `Scripts: ${names.join(", ")}. A file's name ends in ${EXTENSION}.`);
  return parseText(name, textOf(`scripts/${name}${EXTENSION}`));
}
export const oracleAnswers = (name: string): Answers => parseRecording(`${name}.json`, textOf(`answers/${name}.json`));
/** The machine's device tree and the guest that executes scripts. */
export const oracleFiles = (): { readonly machine: Uint8Array; readonly guest: Uint8Array } => ({ machine: oracleAsset("machine.dtb"), guest: oracleAsset("guest/guest.img") });
