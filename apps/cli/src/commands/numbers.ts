/** Numbers on the command line. */

/** A whole number of 0 or more. @throws Error, which the parser shows. */
export function natural(value: string): number {
  const n = Number(value);
  if (value === "" || !Number.isSafeInteger(n) || n < 0) throw new Error(`"${value}" is not a whole number of 0 or more`);
  return n;
}
