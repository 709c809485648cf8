import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const conditions = ["@granule/source"];
const root = fileURLToPath(new URL(".", import.meta.url));
const folders = ["packages", "apps"].flatMap((parent) =>
  readdirSync(new URL(`${parent}/`, import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, dir: `${parent}/${name}`, include: "src/**/*.test.ts" })),
);
const own = { name: "tools", dir: "", include: "tools/**/*.test.ts" };

// Tests run against sources. One process, one project per package:
// `npx vitest run --project units`.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    passWithNoTests: true,
    reporters: ["default", "./tools/test/reporter.ts"],
    maxWorkers: "100%",
    // Files share a module graph, which halves the time; libraries keep no module state.
    isolate: false,
    // A machine under load is slow, not wrong; a package that hangs is ended by its budget (tools/test/budgets.json).
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [...folders, own].map(({ name, dir, include }) => ({
      extends: true as const,
      test: { name, root: root + dir, include: [include] },
    })),
  },
});
