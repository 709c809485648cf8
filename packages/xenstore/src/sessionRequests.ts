/** Requests about the session: watches and transactions. */
import { fail, ok } from "@granule/units";
import { enqueueEvent } from "./client.ts";
import { dropWatchesAndTransactions } from "./endings.ts";
import { pathOf, type Reply } from "./nodeRequests.ts";
import { domainPath, isSpecial } from "./path.ts";
import { decimal, OK_REPLY, onlyString, stringsOf, stringsReply } from "./payload.ts";
import type { Call } from "./perform.ts";
import { beginTransaction, commitTransaction, dropTransaction } from "./transaction.ts";
import { addWatch, chargeOfWatch, removeWatch, watchKey, type Watch } from "./watches.ts";

const LARGEST_DEPTH = 0x7fffffff;

/** `<wpath>|<token>|[<depth>|]`. The first event follows the reply. */
export function watch(call: Call): Reply {
  const { core, client } = call;
  const [text, token, depthText, ...more] = stringsOf(call.payload);
  const depth = depthText === undefined ? undefined : decimal(depthText, LARGEST_DEPTH);
  if (text === undefined || token === undefined || more.length > 0 || (depthText !== undefined && depth === undefined))
    return fail("EINVAL", "payload: a path, a token and perhaps a decimal depth are needed");
  const path = pathOf(call, text, true);
  if (!path.ok) return path;
  if (isSpecial(path.value) && depth !== undefined && depth !== 1) return fail("EINVAL", `${path.value}: depth ${depth}, only 1 is supported`);
  if (client.watches.has(watchKey(path.value, token))) return fail("EEXIST", `${path.value} is watched with this token`);
  if (!client.isPrivileged && client.counts.watches >= core.quotas.watches)
    return fail("ENOSPC", `domain ${client.domid} has ${client.counts.watches} watches, quota watches is ${core.quotas.watches}`);
  const isRelative = text !== path.value;
  const added: Watch = {
    client, path: path.value, token, depth, hidden: isRelative ? domainPath(client.domid).length + 1 : 0, sequence: core.nextWatch,
  };
  if (client.counts.bytes + chargeOfWatch(added) > client.memory) return fail("ENOMEM", `domain ${client.domid}: quota memory is ${core.quotas.memory}`);
  core.nextWatch++;
  addWatch(core.watches, added);
  return ok(OK_REPLY);
}

/** The event that a new watch begins with, as the client named the path. */
export function firstEvent(call: Call): void {
  const [text, token] = stringsOf(call.payload);
  if (text !== undefined && token !== undefined) enqueueEvent(call.client, text, token, undefined);
}

/** `<wpath>|<token>|`. */
export function unwatch(call: Call): Reply {
  const { core, client } = call;
  const [text, token, ...more] = stringsOf(call.payload);
  if (token === undefined || more.length > 0) return fail("EINVAL", "payload: a path and a token are needed");
  const path = pathOf(call, text, true);
  if (!path.ok) return path;
  const found = client.watches.get(watchKey(path.value, token));
  if (found === undefined) return fail("ENOENT", `${path.value} is not watched with this token`);
  removeWatch(core.watches, found);
  return ok(OK_REPLY);
}

/** The payload is not looked at. */
export function resetWatches(call: Call): Reply {
  dropWatchesAndTransactions(call.core, call.client);
  return ok(OK_REPLY);
}

/** The payload is not looked at. EBUSY: within a transaction. */
export function transactionStart(call: Call): Reply {
  const { core, client } = call;
  if (call.transaction !== undefined) return fail("EBUSY", "transactions do not nest");
  if (!client.isPrivileged && client.counts.transactions >= core.quotas.transactions)
    return fail("ENOSPC", `domain ${client.domid} has ${client.counts.transactions} transactions, quota transactions is ${core.quotas.transactions}`);
  return ok(stringsReply(`${beginTransaction(core, client).id}`));
}

/** `T|` or `F|`. ENOENT: no transaction. */
export function transactionEnd(call: Call): Reply {
  const { core, client, transaction, origin } = call;
  const commits = onlyString(call.payload);
  if (commits !== "T" && commits !== "F") return fail("EINVAL", "payload: neither T nor F");
  if (transaction === undefined) return fail("ENOENT", "tx_id 0 is no transaction");
  if (commits === "F") {
    dropTransaction(client, transaction);
    return ok(OK_REPLY);
  }
  const committed = commitTransaction(core, client, transaction, origin);
  return committed.ok ? ok(OK_REPLY) : committed;
}
