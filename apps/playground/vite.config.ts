/** The page and its worker, from the packages' sources. */
import { fileURLToPath } from "node:url";
import { defaultClientConditions, defineConfig } from "vite";

export const playground = defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  // wherever the folder is put
  base: "./",
  resolve: { conditions: ["@granule/source", ...defaultClientConditions] },
  worker: { format: "es" },
  // the engine's wasm is a long string; that it takes seconds is no news
  build: { target: "es2023", modulePreload: false, rolldownOptions: { checks: { pluginTimings: false } } },
});
// Vite takes its configuration so
export default playground;
