import { expect, it } from "vitest";
import { dependsOf, loadOrder } from "./modules.ts";

it.each([
  ["license=GPL\0depends=jbd2,mbcache,crc16\0name=ext4\0", ["jbd2", "mbcache", "crc16"]],
  ["depends=\0name=x\0", []],
  ["license=GPL\0name=x\0", []],
  ["xdepends=no\0depends=virtio-ring\0", ["virtio_ring"]],
])("a module's dependencies are in its description: %j", (text, expected) => {
  expect(dependsOf(Buffer.concat([Buffer.from([0xff, 0x00]), Buffer.from(text)]))).toEqual(expected);
});

it("modules come after what they depend on, once; what is built in is left out", () => {
  const depends: Readonly<Record<string, readonly string[]>> = { a: ["b", "c"], b: ["d", "built_in"], c: ["d"], d: [], e: ["a"] };
  const order = loadOrder(["a", "e", "absent"], (name) => depends[name]);
  expect([...order].toSorted()).toEqual(["a", "b", "c", "d", "e"]);
  for (const [name, needs] of Object.entries(depends)) {
    for (const need of needs) if (need in depends) expect(order.indexOf(need), `${need} before ${name}`).toBeLessThan(order.indexOf(name));
  }
});

it("modules that depend on each other in a circle end", () => {
  expect(loadOrder(["x-y"], (name) => (name === "x_y" ? ["z"] : ["x_y"]))).toEqual(["z", "x_y"]);
});
