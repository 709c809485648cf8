/** The files of docs/spec that are generated, by name. */
import { cHeader } from "./cHeader.ts";
import { inventoryMarkdown } from "./inventoryMarkdown.ts";
import { abiMarkdown } from "./markdown.ts";
import { rustModule } from "./rust.ts";
import { vectorsJson } from "./vectors.ts";

export const SPEC_FILES: Readonly<Record<string, () => string>> = {
  "abi-v1.md": () => abiMarkdown(1),
  "abi-v2.md": () => abiMarkdown(2),
  "granule_abi2.h": cHeader,
  "abi2.rs": rustModule,
  "vectors.json": vectorsJson,
  "inventory.md": inventoryMarkdown,
};
