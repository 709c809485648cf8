/** Requests about nodes and their permissions: the payloads, and what is special about "@" paths. */
import { DONE, fail, ok, type Result } from "@granule/units";
import type { XsdError } from "@granule/xen-abi";
import { principalOf } from "./core.ts";
import { countAllowed, directory, directoryPart, getPermissions, makeNode, readNode, removeNode, setPermissions, writeNode } from "./nodes.ts";
import { canonicalPath, isSpecial } from "./path.ts";
import { decimal, OK_REPLY, onlyString, stringsOf, stringsReply } from "./payload.ts";
import { ACCESS, accessOf, formatPermission, parsePermissions, type Permissions } from "./permission.ts";
import { type Call, perform } from "./perform.ts";
import type { Step } from "./step.ts";

export type Reply = Result<Uint8Array, XsdError>;

/** The path of a request. EINVAL: none, or not allowed. */
export function pathOf(call: Call, text: string | undefined, special = false): Result<string, "EINVAL"> {
  if (text === undefined) return fail("EINVAL", "payload: a path and its NUL are needed");
  const { core, client } = call;
  return canonicalPath(text, { domid: client.domid, limit: client.isPrivileged ? undefined : core.quotas.pathLength, special });
}

/** A request whose payload is a path and which answers bytes. */
const asking = (operation: (step: Step, path: string) => Reply) => (call: Call): Reply => {
  const path = pathOf(call, onlyString(call.payload));
  return path.ok ? perform(call, (step) => operation(step, path.value)) : path;
};

/** A request whose payload is a path and which answers OK. */
const changing = (operation: (step: Step, path: string) => Result<undefined, XsdError>): ((call: Call) => Reply) =>
  asking((step, path) => acknowledged(operation(step, path)));

export const acknowledged = (result: Result<undefined, XsdError>): Reply => (result.ok ? ok(OK_REPLY) : result);

export const read = /* @__PURE__ */ asking(readNode);
export const list = /* @__PURE__ */ asking(directory);
export const mkdir = /* @__PURE__ */ changing(makeNode);
export const rm = /* @__PURE__ */ changing(removeNode);

/** `<path>|<value|>`: the value may hold NULs and may be empty. */
export function write(call: Call): Reply {
  const [text] = stringsOf(call.payload);
  const path = pathOf(call, text);
  if (!path.ok || text === undefined) return path.ok ? fail("EINVAL", "payload: no path") : path;
  const value = call.payload.slice(text.length + 1);
  return acknowledged(perform(call, (step) => writeNode(step, path.value, value)));
}

/** `<path>|<offset>|`. */
export function listPart(call: Call): Reply {
  const [text, offsetText, ...more] = stringsOf(call.payload);
  const offset = decimal(offsetText, 0xffffffff);
  if (offset === undefined || more.length > 0) return fail("EINVAL", "payload: a path and a decimal offset are needed");
  const path = pathOf(call, text);
  return path.ok ? perform(call, (step) => directoryPart(step, path.value, offset)) : path;
}

export function getPerms(call: Call): Reply {
  const path = pathOf(call, onlyString(call.payload), true);
  if (!path.ok) return path;
  if (!isSpecial(path.value)) return perform(call, (step) => getPermissions(step, path.value));
  const found = specialPermissions(call, path.value, ACCESS.read);
  return found.ok ? ok(stringsReply(...found.value.map(formatPermission))) : found;
}

/** `<path>|<permission>|+`. The permissions of an "@" path change at once, also in a transaction. */
export function setPerms(call: Call): Reply {
  const [text, ...permissions] = stringsOf(call.payload);
  const path = pathOf(call, text, true);
  if (!path.ok) return path;
  const parsed = parsePermissions(permissions);
  if (!parsed.ok) return parsed;
  if (!isSpecial(path.value)) return acknowledged(perform(call, (step) => setPermissions(step, path.value, parsed.value)));
  const room = perform(call, (step) => countAllowed(step, parsed.value));
  if (!room.ok) return room;
  const found = specialPermissions(call, path.value, ACCESS.write | ACCESS.owner);
  if (!found.ok) return found;
  if (!call.client.isPrivileged && parsed.value[0].domid !== found.value[0].domid)
    return fail("EPERM", `${path.value}: only a privileged domain changes the owner`);
  call.core.special.set(path.value, parsed.value);
  return acknowledged(DONE);
}

function specialPermissions(call: Call, path: string, need: number): Result<Permissions, "EACCES" | "ENOENT"> {
  const { core, client } = call;
  const permissions = core.special.get(path);
  const isAllowed = permissions === undefined ? client.isPrivileged : (accessOf(principalOf(core, client.domid), permissions) & need) === need;
  if (!isAllowed) return fail("EACCES", `no access to ${path}`);
  return permissions === undefined ? fail("ENOENT", `no special path ${path}`) : ok(permissions);
}
