/** The store: its factory, and the way back from an image. */
import { fail, ok, type Result } from "@granule/units";
import { type Client, createClient, peek, shift } from "./client.ts";
import type { Session, Store, StoreOptions } from "./contract.ts";
import { type Core, isPrivileged } from "./core.ts";
import { createCore } from "./create.ts";
import { introduceDomain, releaseDomain, shutdownDomain } from "./domains.ts";
import { closeClient, resetClient } from "./endings.ts";
import { loadCore } from "./load.ts";
import { handle } from "./requests.ts";
import { saveCore } from "./save.ts";

/**
 * A new store, with nothing in it but "/".
 *
 * @example
 * const store = createStore();
 * const dom0 = store.connect(0);
 */
export const createStore = (options: StoreOptions = {}): Store => storeOf(createCore(options));

/** The store that an image (of unknown origin) describes. EINVAL: it describes none. */
export function loadStore(image: unknown, options: StoreOptions = {}): Result<Store, "EINVAL"> {
  const core = loadCore(image, options);
  return core.ok ? ok(storeOf(core.value)) : core;
}

function storeOf(core: Core): Store {
  const sessions = new WeakMap<Client, Session>();
  const sessionFor = (client: Client): Session => {
    const known = sessions.get(client) ?? sessionOf(core, client);
    sessions.set(client, known);
    return known;
  };
  return {
    connect: (domid) => {
      if (!core.domains.has(domid)) return fail("ENOENT", `domain ${domid} is not introduced`);
      const privileged = isPrivileged(core, domid);
      const client = createClient(core.nextClient++, domid, privileged, core.accounts.of(domid), privileged ? Infinity : core.quotas.memory);
      core.clients.set(client.id, client);
      return ok(sessionFor(client));
    },
    session: (id) => {
      const client = core.clients.get(id);
      return client === undefined ? undefined : sessionFor(client);
    },
    introduce: (domid, gfn, evtchn) => introduceDomain(core, domid, gfn, evtchn),
    release: (domid) => releaseDomain(core, domid),
    shutdown: (domid) => shutdownDomain(core, domid),
    isIntroduced: (domid) => core.domains.has(domid),
    usage: (domid) => core.accounts.read(domid),
    save: () => saveCore(core),
  };
}

function sessionOf(core: Core, client: Client): Session {
  return {
    id: client.id,
    domid: client.domid,
    get isOpen() {
      return client.isOpen;
    },
    get lostEvents() {
      return client.lostEvents;
    },
    canRequest: () => client.isPrivileged || client.counts.outstanding < core.quotas.outstanding,
    handle: (request) => {
      if (client.isOpen) handle(core, client, request);
    },
    peek: () => peek(client),
    shift: () => shift(client),
    reset: () => resetClient(core, client),
    close: () => {
      if (client.isOpen) closeClient(core, client);
    },
  };
}
