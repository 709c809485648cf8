/** The client of xenstore as a guest's drivers see it. Source: docs/misc/xenstore.txt. Paths may be relative to /local/domain/<domid>. */
import type { Trap } from "@granule/machine";
import type { Result } from "@granule/units";
import type { XsdError } from "@granule/xen-abi";

/** A watch. It fires once when it is set. */
export interface Watch {
  readonly path: string;
  readonly token: string;
  /** True when `next` has something. */
  readonly isFired: boolean;
  /** The path of the oldest event that was not taken, as the store sent it; undefined: none. */
  next(): string | undefined;
  remove(): Trap<Result<undefined, XsdError>>;
}

/** `tx`: what `transaction` gave; absent: outside transactions. EIO: the ring or the store is broken. */
export interface Xenbus {
  read(path: string, tx?: number): Trap<Result<string, XsdError>>;
  write(path: string, value: string, tx?: number): Trap<Result<undefined, XsdError>>;
  mkdir(path: string, tx?: number): Trap<Result<undefined, XsdError>>;
  rm(path: string, tx?: number): Trap<Result<undefined, XsdError>>;
  /** Names of the children. */
  directory(path: string, tx?: number): Trap<Result<readonly string[], XsdError>>;
  /** Entries as in the protocol: "n5", "r7", ...; the first names the owner. */
  setPermissions(path: string, entries: readonly string[], tx?: number): Trap<Result<undefined, XsdError>>;
  /** Runs `body` until the store takes its transaction; a failure of `body` aborts it. Give up (EAGAIN) after 64 conflicts. */
  transaction<V, E extends string>(body: (tx: number) => Trap<Result<V, E>>): Trap<Result<V, E | XsdError>>;
  watch(path: string): Trap<Result<Watch, XsdError>>;
  /** Sleeps until the watch has fired (true), or `until` (ns of the machine's clock) is past or the store is lost (false). */
  waitFor(watch: Watch, until?: number): Trap<boolean>;
  /** One message of any type (XSD_SOCKMSG_TYPE) and the payload of its reply. */
  request(type: number, payload: Uint8Array, tx?: number): Trap<Result<Uint8Array, XsdError>>;
}
