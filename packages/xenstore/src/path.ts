/**
 * Paths: which are allowed, what a relative one means, who is whose parent.
 * Source: docs/misc/xenstore.txt, the introduction and "Xenstore protocol details - introduction". Lengths in bytes.
 */
import { fail, ok, type Result } from "@granule/units";
import { XENSTORE_ABS_PATH_MAX, XENSTORE_REL_PATH_MAX } from "@granule/xen-abi";

/** Base of a domain's relative paths. */
export const domainPath = (domid: number): string => `/local/domain/${domid}`;

/** True for the special watch paths, which are no nodes of the tree. */
export const isSpecial = (path: string): boolean => path.startsWith("@");

/** The names along a canonical path; none for "/". */
export const namesOf = (path: string): readonly string[] => (path === "/" ? [] : path.slice(1).split("/"));

/** The parent of a canonical path; "/" is its own. */
export const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf("/")));

/** The last name of a canonical path. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The path of a child. */
export const childOf = (path: string, name: string): string => (path === "/" ? `/${name}` : `${path}/${name}`);

export interface PathRules {
  /** Whose relative path it is. */
  readonly domid: number;
  /** Quota in bytes behind /local/domain/<domid>/; undefined for privileged domains. */
  readonly limit: number | undefined;
  /** Whether "@..." is allowed. */
  readonly special: boolean;
}

/** The absolute form of what a client sent. EINVAL names the rule that it breaks. */
export function canonicalPath(sent: string, rules: PathRules): Result<string, "EINVAL"> {
  if (!/^[-A-Za-z0-9/_@]+$/.test(sent)) return fail("EINVAL", "path: empty, or a character other than A-Z a-z 0-9 - / _ @");
  if (isSpecial(sent) && !rules.special) return fail("EINVAL", `path ${sent}: "@" is for watches and their permissions`);
  const isRelative = !sent.startsWith("/") && !isSpecial(sent);
  if (isRelative && sent.length > XENSTORE_REL_PATH_MAX)
    return fail("EINVAL", `path: ${sent.length} bytes, a relative path has at most ${XENSTORE_REL_PATH_MAX}`);
  const path = isRelative ? `${domainPath(rules.domid)}/${sent}` : sent;
  if (path.length > XENSTORE_ABS_PATH_MAX) return fail("EINVAL", `path: ${path.length} bytes, at most ${XENSTORE_ABS_PATH_MAX}`);
  if (path.includes("//") || (path.endsWith("/") && path !== "/")) return fail("EINVAL", `path ${sent}: a name in it is empty`);
  const own = path.replace(/^\/local\/domain\/[0-9]{1,5}\//, "").length;
  if (rules.limit !== undefined && own > rules.limit) return fail("EINVAL", `path: ${own} bytes, quota pathLength is ${rules.limit}`);
  return ok(path);
}
