// Writes the API report of each entry of the package in the current folder to .cache/api, from the
// declarations in dist: what a change of the package does to those who use it. `npm run gen:api`
// commits them to etc/, `npm test` compares.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";

const folder = process.cwd();
const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const reports = join(folder, ".cache", "api");
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

const entries = Object.entries(manifest.publishConfig.exports).flatMap(([subpath, target]) => (typeof target === "object" ? [{ subpath, types: target.types }] : []));
const QUIET = { logLevel: "none", addToApiReportFile: false };
let failed = false;
for (const { subpath, types } of entries) {
  const name = `${manifest.name.replace(/^@granule\//, "")}${subpath.slice(1).replaceAll("/", ".")}`;
  const mainEntryPointFilePath = join(folder, types);
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: join(folder, "package.json"),
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath,
      newlineKind: "lf",
      compiler: {
        skipLibCheck: true,
        overrideTsconfig: {
          compilerOptions: { target: "es2023", lib: ["es2023", "dom"], module: "nodenext", moduleResolution: "nodenext", strict: true, skipLibCheck: true, types: [] },
          files: [mainEntryPointFilePath],
        },
      },
      apiReport: { enabled: true, reportFileName: name, reportFolder: reports, reportTempFolder: join(reports, "temp") },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: "error" } },
        // A type that is used and not exported is worth a line of the report; the rest is style.
        extractorMessageReporting: { default: QUIET, "ae-forgotten-export": { logLevel: "none", addToApiReportFile: true } },
        tsdocMessageReporting: { default: QUIET },
      },
    },
  });
  const result = Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      message.handled = message.logLevel !== "error";
    },
  });
  if (result.errorCount > 0) failed = true;
}

// A contract that the main entry exports whole has nothing to add.
const main = manifest.name.replace(/^@granule\//, "");
const file = (name) => join(reports, `${name}.api.md`);
const names = (text) => [...text.matchAll(/^export (?:abstract )?(?:class|const|function|interface|type) (\w+)/gm)].map(([, name]) => name);
const known = new Set(names(readFileSync(file(main), "utf8")));
const contract = file(`${main}.contract`);
if (existsSync(contract) && names(readFileSync(contract, "utf8")).every((name) => known.has(name))) rmSync(contract);
rmSync(join(reports, "temp"), { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;
