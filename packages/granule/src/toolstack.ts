/**
 * A toolstack: builds domains on an assembled machine, gives each its xenstore and console rings, runs the store in a
 * service domain of its own, and plugs devices in. What xl and libxl do on a Xen host.
 * Sources: docs/misc/xenstore-paths.pandoc; xen/include/public/grant_table.h, GNTTAB_RESERVED_*.
 */
import { EventPort } from "@granule/event-channels";
import { type GrantTableName, GrantPort } from "@granule/grant-table";
import { type BootInfo, boot, type Kernel } from "@granule/guest-sdk";
import { type Domain, type DomainConfig, DomainsPort, type GuestLayout, layoutFor, SchedulerPort } from "@granule/hypervisor";
import type { Machine } from "@granule/kit";
import { type GuestProgram, scripted, type Trap } from "@granule/machine";
import { serve, type Service } from "@granule/pv";
import { add, type AnyGranule, BACKING_UNIT, type Bytes, GranuleError, type Ipa, mib, ModelBug, range, toNumber, XEN_PAGE } from "@granule/units";
import { C, XSD_SOCKMSG_TYPE } from "@granule/xen-abi";
import { bytesOf, storeDomain, type StoreDomain } from "@granule/xenstore";

/** The domid of the store's domain, which is privileged: it maps every client's ring. */
export const STORE_DOMID = 0;
/** Bytes at the end of a domain's RAM that hold its two rings, and that its kernel must not use for anything else. */
export const RINGS_SIZE: Bytes = 2 * BACKING_UNIT;
/** The RAM of the store's domain. */
const STORE_RAM: Bytes = mib(2);

/** What a kernel learns from its device tree. The two rings lie at the end of RAM. */
export const bootInfo = (layout: GuestLayout, args: Readonly<Record<string, string>> = {}): BootInfo => ({ ...layout, vcpus: 1, args });

/** A booted kernel's main function. */
export type KernelProgram = (k: Kernel) => Trap<void>;

export interface GuestSetting {
  readonly name: string;
  /** S1. */
  readonly s1: AnyGranule;
  /** G. */
  readonly g: AnyGranule;
  readonly abi: 1 | 2;
  readonly ram: Bytes;
  readonly fragment?: Bytes;
}
export interface BlockDeviceSetting {
  readonly front: Domain;
  readonly back: Domain;
  /** "xvda" is 51712: major 202, minor 0. */
  readonly device: number;
}
/** Directories of a device: the front end's relative to its home, the back end's likewise. */
export interface DevicePaths {
  readonly front: string;
  readonly back: string;
}

export interface ToolstackOptions {
  /** What the store's domain does beside serving the store: the other end of consoles, for example. */
  readonly beside?: (k: Kernel) => readonly Service[];
}
/** A domain with its rings. */
interface BuiltDomain {
  readonly domain: Domain;
  /** The domain's event channels for the two rings, unbound, for the store's domain. */
  readonly ports: { readonly store: number; readonly console: number };
}

export interface Toolstack {
  readonly store: StoreDomain;
  readonly storeDomain: Domain;
  /** Builds a domain around any vcpus, with rings and its part of the store. @throws GranuleError GRAN0034. */
  createDomain(config: DomainConfig): BuiltDomain;
  /** Builds a domain whose kernel boots and runs `main`. @throws GranuleError GRAN0034. */
  createGuest(setting: GuestSetting, main: KernelProgram): Domain;
  /** Plugs a block device in: writes both directories. The ends find each other through the store. */
  attachBlock(setting: BlockDeviceSetting): DevicePaths;
  /** Writes a node as the control domain. @throws ModelBug when the store refuses. */
  write(path: string, value: string, permissions?: readonly string[]): void;
  /** Reads a node as the control domain; undefined: not there. */
  read(path: string): string | undefined;
  destroy(domain: Domain): void;
  /** Something for the store's domain to do: see {@link ToolstackOptions.beside}. */
  wake(): void;
}

/** xvda. */
export const XVDA = 51712;
export const blockPaths = (front: number, device: number): DevicePaths => ({ front: `device/vbd/${device}`, back: `backend/vbd/${front}/${device}` });

const text = new TextDecoder();

/** Starts the store's domain and answers the toolstack of this machine. One for each machine. */
export function createToolstack(machine: Machine, storeGranules: { readonly s1: AnyGranule; readonly g: AnyGranule }, options: ToolstackOptions = {}): Toolstack {
  const domains = machine.get(DomainsPort);
  const events = machine.get(EventPort);
  const grants = machine.get(GrantPort);
  const scheduler = machine.get(SchedulerPort);
  const store = storeDomain({ privileged: [STORE_DOMID] });

  const program = (s1: AnyGranule, abi: 1 | 2, layout: GuestLayout, main: KernelProgram): GuestProgram =>
    function* (g) {
      yield* main(yield* boot(g, { granule: s1, abi, info: bootInfo(layout) }));
    };
  const configOf = ({ name, g, ram, s1, abi, fragment }: GuestSetting, main: KernelProgram): DomainConfig => ({
    name, granule: g, ram, vcpus: [scripted(program(s1, abi, layoutFor(ram), main))], ...(fragment === undefined ? {} : { fragment }),
  });
  const build = (config: DomainConfig): Domain => {
    const made = domains.create(config);
    if (!made.ok) throw new GranuleError("GRAN0034", made.why, "Give the machine more memory, or the domains less.");
    return made.value;
  };
  const wakeStore = (): void => {
    const [vcpu] = storeVm.vcpus;
    if (vcpu !== undefined) scheduler.wake(vcpu);
  };
  const serveAll: KernelProgram = (k) => (options.beside === undefined ? store.run(k) : serve(k, [store.service(k), ...options.beside(k)]));
  const storeVm = build({ ...configOf({ name: "xenstore", ...storeGranules, abi: 2, ram: STORE_RAM }, serveAll), domid: STORE_DOMID, privileged: true });
  const connected = store.store.connect(STORE_DOMID);
  if (!connected.ok) throw new ModelBug(`the store refuses its own domain: ${connected.why}`);
  const session = connected.value;

  /** One request of the control domain; the reply's payload, or the error's name. */
  const request = (type: number, payload: Uint8Array): { readonly ok: boolean; readonly payload: Uint8Array } => {
    session.handle({ type, reqId: 0, txId: 0, payload });
    for (let reply = session.peek(); reply !== undefined; reply = session.peek()) {
      session.shift();
      if (reply.type === XSD_SOCKMSG_TYPE.XS_WATCH_EVENT) continue;
      store.poke();
      wakeStore();
      return { ok: reply.type !== XSD_SOCKMSG_TYPE.XS_ERROR, payload: reply.payload };
    }
    throw new ModelBug("the store did not answer");
  };
  const must = (what: string, r: { readonly ok: boolean; readonly payload: Uint8Array }): void => {
    if (!r.ok) throw new ModelBug(`${what}: the store answers ${text.decode(r.payload)}`);
  };
  const write = (path: string, value: string, permissions: readonly string[] = []): void => {
    must(`write ${path}`, request(XSD_SOCKMSG_TYPE.XS_WRITE, bytesOf(`${path}\0${value}`)));
    if (permissions.length > 0) must(`permissions of ${path}`, request(XSD_SOCKMSG_TYPE.XS_SET_PERMS, bytesOf(`${[path, ...permissions].join("\0")}\0`)));
  };

  const seed = (domain: Domain, table: GrantTableName, index: number, at: Ipa): void => {
    const entry = { flags: C.GTF.permit_access, domid: STORE_DOMID };
    const r =
      table === "v1"
        ? grants.seed(domain, "v1", index, { ...entry, frame: toNumber(XEN_PAGE.frameOf(at)) })
        : grants.seed(domain, "v2", index, { ...entry, extent: range(at, BACKING_UNIT) });
    if (!r.ok) throw new GranuleError("GRAN0034", `domain ${domain.name}: ${r.why}`);
  };
  /** The two rings, in extents of 64 KiB of their own at the end of RAM, granted by the reserved entries of both tables. */
  const giveRings = (domain: Domain): BuiltDomain => {
    const { ram } = domain.layout;
    const rings = [
      { pfn: C.HVM_PARAM_STORE_PFN, port: C.HVM_PARAM_STORE_EVTCHN, ref: C.GNTTAB_RESERVED_XENSTORE, at: add(ram.start, ram.size - BACKING_UNIT) },
      { pfn: C.HVM_PARAM_CONSOLE_PFN, port: C.HVM_PARAM_CONSOLE_EVTCHN, ref: C.GNTTAB_RESERVED_CONSOLE, at: add(ram.start, ram.size - 2 * BACKING_UNIT) },
    ];
    const ports = { store: 0, console: 0 };
    for (const ring of rings) {
      const port = events.allocUnbound(domain, STORE_DOMID);
      if (!port.ok) throw new GranuleError("GRAN0034", `domain ${domain.name}: ${port.why}`);
      domain.params.set(ring.pfn, BigInt(toNumber(XEN_PAGE.frameOf(ring.at))));
      domain.params.set(ring.port, BigInt(port.value));
      seed(domain, "v1", ring.ref, ring.at);
      seed(domain, "v2", ring.ref, ring.at);
      ports[ring.pfn === C.HVM_PARAM_STORE_PFN ? "store" : "console"] = port.value;
    }
    return { domain, ports };
  };
  const home = (domid: number): string => `/local/domain/${domid}`;

  const createDomain = (config: DomainConfig): BuiltDomain => {
    const built = giveRings(build(config));
    const { domid } = built.domain;
    const own = [`n${STORE_DOMID}`, `r${domid}`];
    write(home(domid), "", own);
    write(`${home(domid)}/name`, config.name, own);
    write(`${home(domid)}/domid`, String(domid), own);
    // drivers leave their error nodes, and their devices' state, under these
    for (const folder of ["device", "backend", "error", "data"]) write(`${home(domid)}/${folder}`, "", [`n${domid}`]);
    const introduced = store.introduce(domid, built.ports.store);
    if (!introduced.ok) throw new ModelBug(`the store refuses domain ${domid}: ${introduced.why}`);
    wakeStore();
    return built;
  };

  return {
    store,
    storeDomain: storeVm,
    createDomain,
    createGuest: (setting, main) => createDomain(configOf(setting, main)).domain,
    wake: wakeStore,
    attachBlock({ front, back, device }) {
      const paths = blockPaths(front.domid, device);
      const frontPath = `${home(front.domid)}/${paths.front}`;
      const backPath = `${home(back.domid)}/${paths.back}`;
      const frontOwned = [`n${front.domid}`, `r${back.domid}`];
      const backOwned = [`n${back.domid}`, `r${front.domid}`];
      write(backPath, "", backOwned);
      for (const [key, value] of [["frontend", frontPath], ["frontend-id", front.domid], ["online", 1], ["mode", "w"], ["state", 1]] as const)
        write(`${backPath}/${key}`, String(value), backOwned);
      write(frontPath, "", frontOwned);
      for (const [key, value] of [["backend", backPath], ["backend-id", back.domid], ["virtual-device", device], ["device-type", "disk"], ["state", 1]] as const)
        write(`${frontPath}/${key}`, String(value), frontOwned);
      return paths;
    },
    write,
    read(path) {
      const r = request(XSD_SOCKMSG_TYPE.XS_READ, bytesOf(`${path}\0`));
      return r.ok ? text.decode(r.payload) : undefined;
    },
    destroy(domain) {
      domains.destroy(domain);
      store.release(domain.domid);
      wakeStore();
    },
  };
}
