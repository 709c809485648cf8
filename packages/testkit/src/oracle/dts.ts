/** The little devicetree source that scripts write: properties of cells, strings or nothing, and labelled children. */
import { type FdtNode, type FdtProperty, node, prop } from "@granule/fdt";
import { GranuleError } from "@granule/units";

const TOKEN = /\s*("[^"]*"|&\w+|[\w,.#@+-]+:?|[{}<>=;])/y;

/** Phandles of labels, given out as they are met. */
export interface Labels {
  of(label: string): number;
}
export function createLabels(first: number): Labels {
  const known = new Map<string, number>();
  return {
    of(label) {
      const phandle = known.get(label) ?? first + known.size;
      known.set(label, phandle);
      return phandle;
    },
  };
}

/** Properties and children. @throws GranuleError GRAN0113. */
export function parseDts(source: string, labels: Labels): { readonly properties: readonly FdtProperty[]; readonly children: readonly FdtNode[] } {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; source.slice(at).trim() !== ""; at = TOKEN.lastIndex) {
    const token = TOKEN.exec(source)?.[1];
    if (token === undefined) throw new GranuleError("GRAN0113", `device tree "${source}": cannot read "${source.slice(at)}"`);
    tokens.push(token);
  }
  let at = 0;
  const expect = (token: string): void => {
    if (tokens[at++] !== token) throw new GranuleError("GRAN0113", `device tree "${source}": "${token}" is missing`);
  };
  const cells = (): readonly number[] => {
    const list: number[] = [];
    while (tokens[at] !== undefined && tokens[at] !== ">") {
      const token = tokens[at++] ?? "";
      list.push(token.startsWith("&") ? labels.of(token.slice(1)) : Number(token));
    }
    expect(">");
    return list;
  };
  const property = (name: string): FdtProperty => {
    if (tokens[at] === ";") return prop.empty(name);
    expect("=");
    const token = tokens[at++] ?? "";
    return token === "<" ? prop.cells(name, cells()) : prop.string(name, token.slice(1, -1));
  };
  const body = (): { readonly properties: readonly FdtProperty[]; readonly children: readonly FdtNode[] } => {
    const properties: FdtProperty[] = [];
    const children: FdtNode[] = [];
    while (at < tokens.length && tokens[at] !== "}") {
      let name = tokens[at++] ?? "";
      const label = name.endsWith(":") ? name.slice(0, -1) : undefined;
      if (label !== undefined) name = tokens[at++] ?? "";
      if (tokens[at] === "{") {
        at++;
        const inner = body();
        expect("}");
        children.push(node(name, label === undefined ? inner.properties : [...inner.properties, prop.u32("phandle", labels.of(label))], inner.children));
      } else properties.push(property(name));
      expect(";");
    }
    return { properties, children };
  };
  // the last one may end without its semicolon
  if (tokens.length > 0 && tokens.at(-1) !== ";") tokens.push(";");
  return body();
}
