import fc from "fast-check";
import { expect, test } from "vitest";
import { createMessageReader, encodeRequest, errorName, nulSeparated, nulTerminated, pathAndValue, textOf } from "./xsMessages.ts";

test("a stream that arrives in any pieces holds the same messages", () => {
  const message = fc.record({ type: fc.nat(30), reqId: fc.nat(), payload: fc.uint8Array({ maxLength: 40 }) });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (messages, cuts) => {
      const stream = messages.flatMap((m) => [...encodeRequest(m.type, m.reqId, 0, m.payload)]);
      const reader = createMessageReader();
      const seen = [];
      for (let at = 0, k = 0; at < stream.length; k++) {
        const n = cuts[k % cuts.length] ?? 1;
        seen.push(...(reader.push(Uint8Array.from(stream.slice(at, at + n))) ?? []));
        at += n;
      }
      expect(seen.map((m) => ({ ...m, payload: [...m.payload] }))).toEqual(messages.map((m) => ({ ...m, payload: [...m.payload] })));
    }),
  );
});

test("a length above the protocol's limit loses the stream", () => {
  const bytes = encodeRequest(2, 1, 0, new Uint8Array(0));
  new DataView(bytes.buffer).setUint32(12, 4097, true);
  expect(createMessageReader().push(bytes)).toBeUndefined();
});

test("strings and errors as the protocol has them", () => {
  expect([...nulTerminated("a", "bc")]).toEqual([97, 0, 98, 99, 0]);
  expect(textOf(pathAndValue("a/b", "1"))).toBe("a/b\x001");
  expect(nulSeparated(nulTerminated("x", "", "y"))).toEqual(["x", "", "y"]);
  expect(nulSeparated(new Uint8Array(0))).toEqual([]);
  expect(errorName(nulTerminated("EAGAIN"))).toBe("EAGAIN");
  expect(errorName(nulTerminated("EWHATEVER"))).toBe("EIO");
});
