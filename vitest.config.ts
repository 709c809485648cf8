import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const conditions = ["@granule/source"];
const root = fileURLToPath(new URL(".", import.meta.url));
const folders = ["packages", "apps"].flatMap((parent) =>
  readdirSync(new URL(`${parent}/`, import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({ name: entry.name, dir: `${parent}/${entry.name}` })),
);

// Tests run against sources. One process, one project per package:
// `npx vitest run --project units`.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    passWithNoTests: true,
    projects: folders.map(({ name, dir }) => ({
      extends: true as const,
      test: { name, root: root + dir, include: ["src/**/*.test.ts"] },
    })),
  },
});
