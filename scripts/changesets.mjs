// Every changeset says what it does to the guest ABI: `abi: none`, `abi: additive` or `abi: breaking`.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), ".changeset");
const files = readdirSync(folder).filter((file) => file.endsWith(".md") && file !== "README.md");
for (const file of files) {
  const body = readFileSync(join(folder, file), "utf8").replace(/^---\n[\s\S]*?\n---\n/, "");
  const lines = body.match(/^abi:.*$/gm) ?? [];
  if (lines.length === 1 && /^abi: (none|additive|breaking)$/.test(lines[0])) continue;
  console.error(`.changeset/${file}: needs one line \`abi: none\`, \`abi: additive\` or \`abi: breaking\``);
  process.exitCode = 1;
}
