// What a module offers is written down: no `export *`, no default.
import type { Rule } from "@oxlint/plugins";

export const namedExports: Rule = {
  meta: {
    type: "problem",
    messages: {
      all: "Name what is exported: `export *` hides it.",
      default: "Export by name, not as the default.",
    },
  },
  create: (context) => ({
    ExportAllDeclaration: (node) => context.report({ node, messageId: "all" }),
    ExportDefaultDeclaration: (node) => context.report({ node, messageId: "default" }),
  }),
};
