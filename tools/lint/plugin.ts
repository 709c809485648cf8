// The project's own lint rules, loaded by oxlint (see .oxlintrc.json for where each applies).
import { maxLines } from "./rules/max-lines.ts";
import { namedExports } from "./rules/named-exports.ts";
import { noAddressTruthiness } from "./rules/no-address-truthiness.ts";
import { noAmbientState } from "./rules/no-ambient-state.ts";
import { noAsOutsideUnits } from "./rules/no-as-outside-units.ts";
import { noMagicPage } from "./rules/no-magic-page.ts";
import { noNodeImport } from "./rules/no-node-import.ts";

export default {
  meta: { name: "granule" },
  rules: {
    "max-lines": maxLines,
    "named-exports": namedExports,
    "no-address-truthiness": noAddressTruthiness,
    "no-ambient-state": noAmbientState,
    "no-as-outside-units": noAsOutsideUnits,
    "no-magic-page": noMagicPage,
    "no-node-import": noNodeImport,
  },
};
