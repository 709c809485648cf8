/** Elements of the page by id, with their types. A missing one is a mistake of the page, and thrown. */

export function element<T extends Element>(id: string, type: new () => T, within: ParentNode = document): T {
  const found = within.querySelector(`#${id}`);
  if (found instanceof type) return found;
  throw new TypeError(`#${id} is no ${type.name}`);
}

/** The first that a selector finds. */
export function first<T extends Element>(selector: string, type: new () => T, within: ParentNode): T {
  const found = within.querySelector(selector);
  if (found instanceof type) return found;
  throw new TypeError(`${selector} is no ${type.name}`);
}

/** The value of the chosen radio button of a group. */
export function chosen(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value : "";
}

export function make<K extends keyof HTMLElementTagNameMap>(tag: K, text: string, className = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className !== "") made.className = className;
  return made;
}
