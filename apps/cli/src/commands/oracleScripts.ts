/** Scripts of the collection beside the program, and files of the user's. */
import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type Answers, parseRecording, parseScript, type Script } from "@granule/testkit";
import { GranuleError } from "@granule/units";
import { oracleAsset, oracleScripts } from "../assets.ts";
import { readHostFile } from "./dom0lessFiles.ts";

const EXTENSION = ".t";
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const textOf = (name: string): string => decode(oracleAsset(name));
/** What scripts include: macros for the structures. */
const MACROS = "lib.inc";
const included = (file: string): string => textOf(`scripts/${file}`);

/** Whether a name means a file of the user's. */
const isFile = (name: string): boolean => name.endsWith(EXTENSION);

/** A script's text, which may include lib.inc. @throws GranuleError GRAN0113. */
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
const answersOf = (file: string): string => `${file.slice(0, -EXTENSION.length)}.json`;
/** Whether somebody has recorded what Xen answers. */
export const isAnswered = (name: string, cwd: string): boolean => !isFile(name) || existsSync(resolve(cwd, answersOf(name)));
/** What was recorded: of the collection, or beside a file. */
export const oracleAnswers = (name: string, cwd = ""): Answers =>
  isFile(name) ? parseRecording(answersOf(name), decode(readHostFile(cwd, answersOf(name)))) : parseRecording(`${name}.json`, textOf(`answers/${name}.json`));
/** The machine's device tree and the guest that executes scripts. */
export const oracleFiles = (): { readonly machine: Uint8Array; readonly guest: Uint8Array } => ({ machine: oracleAsset("machine.dtb"), guest: oracleAsset("guest/guest.img") });
