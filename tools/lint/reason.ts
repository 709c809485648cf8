// Finds the comment that gives a reason for a place which a rule would refuse.
import type { Comment, Context, ESTree } from "@oxlint/plugins";

/** Comments of a file that begin with `KEYWORD:` and go on with a reason. */
export function reasons(context: Context, keyword: string): readonly Comment[] {
  const wanted = new RegExp(`^[\\s*]*${keyword}:\\s*\\S`);
  return context.sourceCode.getAllComments().filter((comment) => wanted.test(comment.value));
}

const BODY = new Set(["Program", "BlockStatement", "ClassBody"]);

/**
 * True when one of `comments` is on the line of `node`, or in the comment block directly above the
 * node, the statement it is in, or the declaration around that.
 */
export function hasReason(context: Context, node: ESTree.Node, comments: readonly Comment[]): boolean {
  if (comments.length === 0) return false;
  const covered = new Set(comments.flatMap((comment) => linesAfter(context, comment)));
  const line = node.loc.start.line;
  if (comments.some((comment) => comment.loc.start.line === line) || covered.has(line)) return true;
  for (let at: ESTree.Node | null = node; at && !BODY.has(at.type); at = at.parent) {
    if (covered.has(at.loc.start.line)) return true;
    const body: ESTree.Node | null = at.parent;
    // A function's own comment covers its body; a class's or a file's does not.
    if (body?.type === "BlockStatement" && body.parent && !("label" in body.parent)) at = body;
  }
  return false;
}

/** The first line of code after a comment; lines of comment in between are skipped. */
function linesAfter(context: Context, comment: Comment): number[] {
  const lines = context.sourceCode.lines;
  let line = comment.loc.end.line + 1;
  if ((lines[comment.loc.start.line - 1] ?? "").slice(0, comment.loc.start.column).trim() !== "") return [];
  while (/^\s*(\/\/|\/\*|\*)/.test(lines[line - 1] ?? "")) line += 1;
  return [line];
}
