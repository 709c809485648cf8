// Libraries run in a browser too: Node's modules belong to applications and to one subpath.
import { builtinModules } from "node:module";
import type { Context, ESTree, Rule } from "@oxlint/plugins";

const BARE = new Set(builtinModules);

export const noNodeImport: Rule = {
  meta: {
    type: "problem",
    messages: { node: "{{source}} is Node's: libraries run in browsers too. Take what is needed as an argument." },
  },
  create(context: Context) {
    const check = (node: ESTree.Node, source: ESTree.Node | null | undefined) => {
      if (source?.type !== "Literal" || typeof source.value !== "string") return;
      if (!source.value.startsWith("node:") && !BARE.has(source.value)) return;
      context.report({ node, messageId: "node", data: { source: source.value } });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source),
      ImportExpression: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      TSImportType: (node) => check(node, node.source),
    };
  },
};
