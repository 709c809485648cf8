/** Delta debugging: the shortest sub-list that still fails, by taking out ever smaller pieces. */

/** `fails` must hold for `list`; the answer fails too, and no single item can be left out of it. */
export function shrinkList<T>(list: readonly T[], fails: (part: readonly T[]) => boolean): readonly T[] {
  let kept = list;
  for (let size = Math.ceil(kept.length / 2); size >= 1; ) {
    let isShorter = false;
    for (let at = kept.length - size; at > -size; at -= size) {
      const from = Math.max(0, at);
      const rest = [...kept.slice(0, from), ...kept.slice(at + size)];
      if (rest.length < kept.length && fails(rest)) {
        kept = rest;
        isShorter = true;
      }
    }
    if (size > 1) size = Math.ceil(size / 2);
    else if (!isShorter) return kept;
  }
  return kept;
}
