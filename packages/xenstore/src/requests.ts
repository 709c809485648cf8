// TABLE: the requests that the store answers.
/** From a message to its handler. Source: docs/misc/xenstore.txt, "Defined Xenstore message types". */
import { fail } from "@granule/units";
import { sockmsgName, XENSTORE_PAYLOAD_MAX, XSD_SOCKMSG_TYPE as XS } from "@granule/xen-abi";
import { beginRequest, type Client, enqueueReply } from "./client.ts";
import type { Message } from "./contract.ts";
import type { Core } from "./core.ts";
import * as domain from "./domainRequests.ts";
import * as node from "./nodeRequests.ts";
import { closeClient } from "./endings.ts";
import { errorReply } from "./payload.ts";
import type { Call } from "./perform.ts";
import * as session from "./sessionRequests.ts";

interface Request {
  readonly answer: (call: Call) => node.Reply;
  /** EACCES for others. */
  readonly isPrivileged?: true;
  /** tx_id is not looked at. */
  readonly ignoresTransaction?: true;
  /** Done after the reply is queued. */
  readonly afterwards?: (call: Call) => void;
}

/** GET_FEATURE and later types are optional and not supported: ENOSYS, as for types that do not exist. */
const REQUESTS: ReadonlyMap<number, Request> = /* @__PURE__ */ new Map<number, Request>([
  [XS.XS_CONTROL, { answer: domain.control, isPrivileged: true }],
  [XS.XS_DIRECTORY, { answer: node.list }],
  [XS.XS_READ, { answer: node.read }],
  [XS.XS_GET_PERMS, { answer: node.getPerms }],
  [XS.XS_WATCH, { answer: session.watch, ignoresTransaction: true, afterwards: session.firstEvent }],
  [XS.XS_UNWATCH, { answer: session.unwatch, ignoresTransaction: true }],
  [XS.XS_TRANSACTION_START, { answer: session.transactionStart }],
  [XS.XS_TRANSACTION_END, { answer: session.transactionEnd }],
  [XS.XS_INTRODUCE, { answer: domain.introduce, isPrivileged: true }],
  [XS.XS_RELEASE, { answer: domain.release, isPrivileged: true }],
  [XS.XS_GET_DOMAIN_PATH, { answer: domain.getDomainPath }],
  [XS.XS_WRITE, { answer: node.write }],
  [XS.XS_MKDIR, { answer: node.mkdir }],
  [XS.XS_RM, { answer: node.rm }],
  [XS.XS_SET_PERMS, { answer: node.setPerms }],
  [XS.XS_IS_DOMAIN_INTRODUCED, { answer: domain.isDomainIntroduced, isPrivileged: true }],
  [XS.XS_RESUME, { answer: domain.resume, isPrivileged: true }],
  [XS.XS_SET_TARGET, { answer: domain.setTarget, isPrivileged: true }],
  [XS.XS_RESET_WATCHES, { answer: session.resetWatches }],
  [XS.XS_DIRECTORY_PART, { answer: node.listPart }],
]);

/**
 * Performs a request and queues what follows: the events that it causes, then its reply, then a new watch's first
 * event. A payload above XENSTORE_PAYLOAD_MAX closes the session.
 */
export function handle(core: Core, client: Client, message: Message): void {
  if (message.payload.length > XENSTORE_PAYLOAD_MAX) return closeClient(core, client);
  const { type, reqId, txId, payload } = message;
  const origin = beginRequest(client);
  const call: Call = { core, client, payload, transaction: client.transactions.get(txId), origin };
  const request = REQUESTS.get(type);
  const result = request === undefined ? fail("ENOSYS", `${sockmsgName(type)} is not supported`) : answer(request, call, txId);
  const reply = result.ok
    ? { type, reqId, txId, payload: result.value }
    : { type: XS.XS_ERROR, reqId, txId, payload: errorReply(result.code) };
  enqueueReply(client, reply, origin);
  if (result.ok) request?.afterwards?.(call);
}

function answer(request: Request, call: Call, txId: number): node.Reply {
  if (request.isPrivileged === true && !call.client.isPrivileged) return fail("EACCES", "only a privileged domain may ask this");
  if (request.ignoresTransaction !== true && txId !== 0 && call.transaction === undefined) return fail("ENOENT", `tx_id ${txId}: no such transaction`);
  const reply = request.answer(call);
  return reply.ok && reply.value.length > XENSTORE_PAYLOAD_MAX ? fail("E2BIG", `the reply has ${reply.value.length} bytes`) : reply;
}
