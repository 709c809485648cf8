/** Numbers in scripts: decimal or 0x, names, + - and *. */
import { GranuleError } from "@granule/units";

export type Names = ReadonlyMap<string, bigint>;
const TOKEN = /0x[0-9a-f]+|[0-9]+|[a-z_]\w*|[-+*]/giy;

/** The value modulo 2^64. @throws GranuleError GRAN0113. */
export function evaluate(text: string, names: Names): bigint {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    const found = TOKEN.exec(text)?.[0];
    if (found === undefined) throw new GranuleError("GRAN0113", `"${text}": "${text.slice(at)}" is no number, name or operator`);
    tokens.push(found);
  }
  let at = 0;
  const atom = (): bigint => {
    const token = tokens[at++];
    if (token === "-") return -atom();
    if (token !== undefined && /^[0-9]/.test(token)) return BigInt(token);
    const value = token === undefined ? undefined : names.get(token);
    if (value === undefined) throw new GranuleError("GRAN0113", `"${text}": ${token === undefined ? "it ends too early" : `no name "${token}"`}`);
    return value;
  };
  const product = (): bigint => {
    let value = atom();
    while (tokens[at] === "*") {
      at++;
      value *= atom();
    }
    return value;
  };
  let sum = product();
  while (at < tokens.length) {
    const operator = tokens[at++];
    if (operator === "+") sum += product();
    else if (operator === "-") sum -= product();
    else throw new GranuleError("GRAN0113", `"${text}": "${String(operator)}" where an operator belongs`);
  }
  return sum;
}
