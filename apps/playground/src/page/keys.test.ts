import { expect, it } from "vitest";
import { textOf } from "./keys.ts";

const plain = { ctrlKey: false, altKey: false, metaKey: false };
it.each([
  ["a", {}, "a"], ["é", {}, "é"], ["Enter", {}, "\r"], ["Backspace", {}, "\u007f"], ["ArrowUp", {}, "\u001b[A"],
  ["c", { ctrlKey: true }, "\u0003"], ["D", { ctrlKey: true }, "\u0004"],
  // these are the browser's
  ["Tab", {}, undefined], ["F5", {}, undefined], ["Shift", {}, undefined], ["c", { metaKey: true }, undefined], ["1", { ctrlKey: true }, undefined], ["constructor", {}, undefined],
] as const)("%s with %o sends %j", (key, modifiers, text) => {
  expect(textOf({ ...plain, ...modifiers, key })).toBe(text);
});
