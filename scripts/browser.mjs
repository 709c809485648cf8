// Runs ES modules in headless Chromium, served from memory by a local server.
import { existsSync } from "node:fs";
import { createServer } from "node:http";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** Where Chromium is, or undefined. CHROMIUM_PATH comes first. */
export const chromiumPath = () => [process.env.CHROMIUM_PATH, ...PATHS].find((path) => path && existsSync(path));

export const MISSING = "not run: chromium missing (apt-get install -y chromium, or set CHROMIUM_PATH)";

/** Starts it; whoever does so closes it. */
export async function launchChromium() {
  const { chromium } = await import("playwright-core");
  return chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
}

/**
 * Imports each module, given as name -> source, in a page loaded for it. Resolves to what each printed
 * and exports, or how it failed: a module fails by throwing while it is imported (top-level await
 * counts) or by an error that nobody handles.
 */
export async function runInChromium(modules, milliseconds = 60_000) {
  const isolated = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
  const server = createServer((request, response) => {
    const name = decodeURIComponent((request.url ?? "/").slice(1));
    const type = modules.has(name) ? "text/javascript" : "text/html";
    if (name !== "" && !modules.has(name)) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": type, ...isolated }).end(modules.get(name) ?? "<!doctype html><title>granule</title>");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await launchChromium();
  const results = new Map();
  try {
    const page = await browser.newPage();
    let result;
    page.on("console", (message) => result.printed.push(message.text()));
    page.on("pageerror", (error) => result.errors.push(String(error.stack ?? error)));
    for (const name of modules.keys()) {
      result = { printed: [], errors: [], names: [] };
      await page.goto(`http://127.0.0.1:${server.address().port}/`);
      const load = page.evaluate(async (path) => Object.keys(await import(path)), `/${encodeURIComponent(name)}`);
      const limit = new Promise((_, reject) => setTimeout(reject, milliseconds, new Error(`not done in ${milliseconds} ms`)).unref());
      try {
        result.names = await Promise.race([load, limit]);
      } catch (error) {
        result.errors.push(String(error.stack ?? error));
      }
      results.set(name, result);
    }
  } finally {
    await browser.close();
    server.close();
  }
  return results;
}
