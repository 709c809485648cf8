/** Delta debugging: the shortest sub-list that still fails, by taking out ever smaller pieces. */

/** Yields parts to try, and is told whether each fails; returns the shortest one that does. */
function* candidates<T>(list: readonly T[]): Generator<readonly T[], readonly T[], boolean> {
  let kept = list;
  for (let size = Math.ceil(kept.length / 2); size >= 1; ) {
    let isShorter = false;
    for (let at = kept.length - size; at > -size; at -= size) {
      const from = Math.max(0, at);
      const rest = [...kept.slice(0, from), ...kept.slice(at + size)];
      if (rest.length < kept.length && (yield rest)) {
        kept = rest;
        isShorter = true;
      }
    }
    if (size > 1) size = Math.ceil(size / 2);
    else if (!isShorter) return kept;
  }
  return kept;
}

/** `fails` must hold for `list`; the answer fails too, and no single item can be left out of it. */
export function shrinkList<T>(list: readonly T[], fails: (part: readonly T[]) => boolean): readonly T[] {
  const search = candidates(list);
  let next = search.next();
  while (next.done !== true) next = search.next(fails(next.value));
  return next.value;
}
/** {@link shrinkList} where it takes a while to know. */
export async function shrinkSlowly<T>(list: readonly T[], fails: (part: readonly T[]) => Promise<boolean>): Promise<readonly T[]> {
  const search = candidates(list);
  let next = search.next();
  // one after another: each candidate depends on the answer before
  while (next.done !== true) next = search.next(await fails(next.value));
  return next.value;
}
