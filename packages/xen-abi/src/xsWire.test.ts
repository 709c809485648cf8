import { layoutOf } from "@granule/codec";
import { describe, expect, it } from "vitest";
import { MASK_XENSTORE_IDX, sockmsgName, XENSTORE_PAYLOAD_MAX, XENSTORE_RING_SIZE, XenstoreDomainInterface, XSD_ERRORS, XSD_SOCKMSG_TYPE, XsdSockmsg } from "./xsWire.ts";

describe("xs_wire.h", () => {
  it("lays the ring out as docs/misc/xenstore-ring.txt prints it", () => {
    // offset, length: the document's own table, then evtchn_port of the header
    const documented = [[0, 1024], [1024, 1024], [2048, 4], [2052, 4], [2056, 4], [2060, 4], [2064, 4], [2068, 4], [2072, 4], [2076, 4]];
    expect(layoutOf(XenstoreDomainInterface).map((row) => [row.offset, row.size])).toEqual(documented);
  });

  it("numbers the message types as docs/misc/xenstore.txt lists them, without RESTRICT", () => {
    const documented = ["CONTROL", "DIRECTORY", "READ", "GET_PERMS", "WATCH", "UNWATCH", "TRANSACTION_START", "TRANSACTION_END",
      "INTRODUCE", "RELEASE", "GET_DOMAIN_PATH", "WRITE", "MKDIR", "RM", "SET_PERMS", "WATCH_EVENT", "ERROR",
      "IS_DOMAIN_INTRODUCED", "RESUME", "SET_TARGET", "RESTRICT", "RESET_WATCHES", "DIRECTORY_PART", "GET_FEATURE",
      "SET_FEATURE", "GET_QUOTA", "SET_QUOTA"];
    documented.forEach((name, type) => expect(sockmsgName(type)).toBe(name === "RESTRICT" ? "type 20" : `XS_${name}`));
    // RESTRICT has no name, INVALID has one
    expect(Object.keys(XSD_SOCKMSG_TYPE)).toHaveLength(documented.length);
    expect(sockmsgName(65535)).toBe("XS_INVALID");
  });

  it("puts the header's bytes where C puts them", () => {
    const bytes = XsdSockmsg.encode({ type: 2, req_id: 0x01020304, tx_id: 5, len: XENSTORE_PAYLOAD_MAX });
    expect([...bytes]).toEqual([2, 0, 0, 0, 4, 3, 2, 1, 5, 0, 0, 0, 0, 16, 0, 0]);
  });

  it("masks free-running indices past 2^31", () => {
    expect(MASK_XENSTORE_IDX(0xffffffff)).toBe(XENSTORE_RING_SIZE - 1);
    expect(MASK_XENSTORE_IDX(0x80000400)).toBe(0);
  });

  it("has an error name once", () => expect(new Set(XSD_ERRORS).size).toBe(16));
});
