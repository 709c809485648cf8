/** The other process of snapshot.test.ts: restores what the first one saved, finishes, and writes what came of it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GRANULE_16K, GRANULE_64K } from "@granule/units";
import { createTalk, finish, isJson } from "../src/snapshotWorld.ts";

const folder = process.argv[2] ?? "";
const snapshot: unknown = JSON.parse(readFileSync(join(folder, "snapshot.json"), "utf8"));
if (!isJson(snapshot)) throw new Error("not JSON");
const talk = createTalk(GRANULE_16K, GRANULE_64K, "empty");
talk.machine.load(snapshot);
writeFileSync(join(folder, "result.json"), JSON.stringify({ result: finish(talk), trace: talk.trace }));
