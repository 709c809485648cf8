/**
 * Permission lists: who may read and write a node. The first entry names the owner, who may do everything, and its
 * letter is the access of every domain without an entry of its own.
 * Source: docs/misc/xenstore.txt, the introduction, SET_PERMS and SET_TARGET.
 */
import { fail, ok, type Result } from "@granule/units";
import { domidOf } from "./payload.ts";

/** Bits of access. OWNER: may change the list. */
export const ACCESS = /* @__PURE__ */ Object.freeze({ none: 0, read: 1, write: 2, owner: 4 });

export interface Permission {
  readonly domid: number;
  /** Bits read and write of {@link ACCESS}. */
  readonly access: number;
}
/** Never empty. */
export type Permissions = readonly [owner: Permission, ...others: Permission[]];

/** On whose behalf a node is looked at. */
export interface Principal {
  readonly domid: number;
  /** The domain that this one acts for (SET_TARGET), or undefined. */
  readonly target: number | undefined;
  /** Permissions and quotas do not bind it. */
  readonly isPrivileged: boolean;
}

const LETTERS = ["n", "r", "w", "b"] as const;

/** "r5" and the like. */
export const formatPermission = (p: Permission): string => `${LETTERS[p.access] ?? "n"}${p.domid}`;

/** A list as SET_PERMS carries it. EINVAL: an unknown letter, or no real domain id. */
export function parsePermissions(texts: readonly string[]): Result<Permissions, "EINVAL"> {
  const list: Permission[] = [];
  for (const text of texts) {
    const access = LETTERS.findIndex((letter) => text.startsWith(letter));
    const domid = domidOf(text.slice(1));
    if (access < 0 || domid === undefined) return fail("EINVAL", `permission "${text}": not one of n r w b with a domain id`);
    list.push({ domid, access });
  }
  const [owner, ...others] = list;
  return owner === undefined ? fail("EINVAL", "permissions: none, the first names the owner") : ok([owner, ...others]);
}

/**
 * The bits of {@link ACCESS} that `who` has. A domain has its own entry or else the default; with a target it also
 * has what the target has an entry for. Of several entries for one domain the first counts.
 */
export function accessOf(who: Principal, list: Permissions): number {
  const [owner, ...others] = list;
  if (who.isPrivileged || owner.domid === who.domid || owner.domid === who.target) return ACCESS.read | ACCESS.write | ACCESS.owner;
  const own = others.find((p) => p.domid === who.domid);
  const targets = who.target === undefined ? undefined : others.find((p) => p.domid === who.target);
  if (own === undefined && targets === undefined) return owner.access;
  return (own?.access ?? ACCESS.none) | (targets?.access ?? ACCESS.none);
}

/** The list that a new child gets: its parent's; what an unprivileged domain creates, it owns. */
export function inheritedBy(who: Principal, parent: Permissions): Permissions {
  if (who.isPrivileged) return parent;
  const [owner, ...others] = parent;
  return [{ domid: who.domid, access: owner.access }, ...others];
}
