/**
 * A second store, for tests: a flat map of paths, copied whole for every transaction, and watches in a list that is
 * gone through for every event. Nodes, permissions, watches and transactions only; no quotas.
 */

interface NaiveNode {
  value: string;
  /** As GET_PERMS answers: "n0", "r5". */
  permissions: readonly string[];
  version: number;
}
type Tree = Map<string, NaiveNode>;
type Event = readonly [path: string, below: boolean];
interface NaiveTransaction {
  readonly base: Tree;
  readonly tree: Tree;
  readonly used: Set<string>;
  readonly changed: Set<string>;
  readonly events: Event[];
}
interface NaiveWatch {
  readonly domid: number;
  readonly path: string;
  readonly shown: string;
  readonly token: string;
  readonly depth: number;
}

const parent = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf("/")));
const isBelow = (path: string, top: string): boolean => path !== top && (top === "/" || path.startsWith(`${top}/`));
const levels = (path: string): number => (path === "/" ? 0 : path.split("/").length - 1);
const copy = (tree: Tree): Tree => new Map([...tree].map(([path, node]) => [path, { ...node }]));
const children = (tree: Tree, path: string): readonly string[] =>
  [...tree.keys()].filter((p) => p !== "/" && parent(p) === path).map((p) => p.slice(p.lastIndexOf("/") + 1)).toSorted();

/** "r", "w" and "o" for what the domain may do; domain 0 may all. */
function rights(node: NaiveNode, domid: number): string {
  const [owner = "n0", ...others] = node.permissions;
  if (domid === 0 || Number(owner.slice(1)) === domid) return "rwo";
  const letter = (others.find((p) => Number(p.slice(1)) === domid) ?? owner)[0];
  return letter === "b" ? "rw" : letter === "n" ? "" : `${letter}`;
}

export class NaiveStore {
  private tree: Tree = new Map([["/", { value: "", permissions: ["n0"], version: 0 }]]);
  private version = 0;
  private watches: NaiveWatch[] = [];
  private readonly transactions = new Map<string, NaiveTransaction>();
  private readonly nextId = new Map<number, number>();
  private readonly queues = new Map<number, string[]>();

  /** Runs one request; answers as the tests' client prints replies. */
  request(domid: number, name: string, sent: string, more: readonly string[], txId: number): string {
    if (name === "START") return this.start(domid);
    const path = sent.startsWith("/") ? sent : `/local/domain/${domid}/${sent}`;
    if (name === "WATCH") return this.watch(domid, path, sent, more[0] ?? "", more[1]);
    if (name === "UNWATCH") return this.unwatch(domid, path, more[0] ?? "");
    const transaction = this.transactions.get(`${domid}/${txId}`);
    if (txId !== 0 && transaction === undefined) return "!ENOENT";
    if (name === "END") return this.end(`${domid}/${txId}`, more[0] === "T");
    const tree = transaction?.tree ?? copy(this.tree);
    const events: Event[] = [];
    const changed = new Set<string>();
    const reply = this.node(tree, transaction?.used ?? new Set(), changed, events, domid, name, path, more);
    if (transaction !== undefined) {
      transaction.events.push(...events);
      for (const p of changed) transaction.changed.add(p);
    } else this.publish(tree, events);
    return reply;
  }

  /** The events of a domain since the last call. */
  events(domid: number): readonly string[] {
    const queue = this.queues.get(domid) ?? [];
    this.queues.set(domid, []);
    return queue;
  }

  private node(tree: Tree, used: Set<string>, changed: Set<string>, events: Event[], domid: number, name: string, path: string, more: readonly string[]): string {
    used.add(path);
    const node = tree.get(path);
    let near = parent(path);
    while (!tree.has(near)) near = parent(near);
    const looked = node ?? tree.get(near);
    if (node === undefined) used.add(near);
    const may = looked === undefined ? "" : rights(looked, domid);
    const needs = { READ: "r", DIRECTORY: "r", GET_PERMS: "r", WRITE: "w", MKDIR: "w", RM: "w", SET_PERMS: "wo" }[name] ?? "?";
    if (node === undefined ? ![...needs].some((n) => may.includes(n)) : ![...needs].every((n) => may.includes(n))) return "!EACCES";
    const touch = (p: string, n: NaiveNode): void => {
      tree.set(p, { ...n, version: ++this.version });
      used.add(p);
      changed.add(p);
    };
    switch (name) {
      case "READ":
        return node?.value ?? "!ENOENT";
      case "DIRECTORY":
        return node === undefined ? "!ENOENT" : children(tree, path).join(" ");
      case "GET_PERMS":
        return node?.permissions.join(" ") ?? "!ENOENT";
      case "SET_PERMS":
        if (node === undefined) return "!ENOENT";
        if (domid !== 0 && Number(more[0]?.slice(1)) !== Number(node.permissions[0]?.slice(1))) return "!EPERM";
        touch(path, { ...node, permissions: more });
        break;
      case "RM":
        if (path === "/") return "!EINVAL";
        if (node === undefined) return near === parent(path) ? "OK" : "!ENOENT";
        this.rm(tree, path, events, touch, used, changed);
        break;
      case "MKDIR":
        if (node !== undefined) return "OK";
        this.grow(tree, path, "", domid, touch);
        break;
      default:
        if (node === undefined) this.grow(tree, path, more[0] ?? "", domid, touch);
        else touch(path, { ...node, value: more[0] ?? "" });
    }
    events.push([path, true]);
    return "OK";
  }

  private grow(tree: Tree, path: string, value: string, domid: number, touch: (p: string, n: NaiveNode) => void): void {
    const above = parent(path);
    if (!tree.has(above)) this.grow(tree, above, "", domid, touch);
    const from = tree.get(above);
    if (from === undefined) return;
    touch(above, from);
    const [owner = "n0", ...others] = from.permissions;
    touch(path, { value, version: 0, permissions: [domid === 0 ? owner : `${owner.slice(0, 1)}${domid}`, ...others] });
  }

  private rm(tree: Tree, path: string, events: Event[], touch: (p: string, n: NaiveNode) => void, used: Set<string>, changed: Set<string>): void {
    for (const name of children(tree, path).toReversed()) {
      this.rm(tree, `${path}/${name}`, events, () => undefined, used, changed);
      events.push([`${path}/${name}`, false]);
    }
    tree.delete(path);
    used.add(path);
    changed.add(path);
    const above = tree.get(parent(path));
    if (above !== undefined) touch(parent(path), above);
  }

  private publish(tree: Tree, events: readonly Event[]): void {
    const before = this.tree;
    this.tree = tree;
    // of two events for one path the wider counts, at the place of the first
    const merged = new Map<string, boolean>();
    for (const [path, below] of events) merged.set(path, below || (merged.get(path) ?? false));
    for (const [path, below] of merged)
      for (const domid of [0, 5, 6])
        for (const watch of this.watches.filter((w) => w.domid === domid)) {
          const distance = levels(path) - levels(watch.path);
          if (path !== watch.path && !(below && isBelow(path, watch.path) && distance <= watch.depth)) continue;
          const isTold = [before, tree].some((t) => {
            const [node, above] = [t.get(path), t.get(parent(path))];
            return node !== undefined && above !== undefined && (rights(node, domid) + rights(above, domid)).includes("r");
          });
          if (isTold) this.tell(domid, `${watch.shown}${path.slice(watch.path.length)} ${watch.token}`.replace(/^\/\//, "/"));
        }
  }

  private tell(domid: number, event: string): void {
    const queue = this.queues.get(domid) ?? [];
    if (!queue.includes(event)) this.queues.set(domid, [...queue, event]);
  }

  private watch(domid: number, path: string, shown: string, token: string, depth: string | undefined): string {
    if (this.watches.some((w) => w.domid === domid && w.path === path && w.token === token)) return "!EEXIST";
    this.watches.push({ domid, path, shown, token, depth: depth === undefined ? Infinity : Number(depth) });
    this.tell(domid, `${shown} ${token}`);
    return "OK";
  }

  private unwatch(domid: number, path: string, token: string): string {
    const left = this.watches.filter((w) => w.domid !== domid || w.path !== path || w.token !== token);
    const had = left.length < this.watches.length;
    this.watches = left;
    return had ? "OK" : "!ENOENT";
  }

  private start(domid: number): string {
    const id = (this.nextId.get(domid) ?? 0) + 1;
    this.nextId.set(domid, id);
    this.transactions.set(`${domid}/${id}`, { base: copy(this.tree), tree: copy(this.tree), used: new Set(), changed: new Set(), events: [] });
    return `${id}`;
  }

  private end(key: string, commit: boolean): string {
    const transaction = this.transactions.get(key);
    this.transactions.delete(key);
    if (transaction === undefined) return "!ENOENT";
    if (!commit) return "OK";
    for (const path of transaction.used) if (transaction.base.get(path)?.version !== this.tree.get(path)?.version) return "!EAGAIN";
    const tree = copy(this.tree);
    for (const path of transaction.changed) {
      const node = transaction.tree.get(path);
      if (node === undefined) tree.delete(path);
      else tree.set(path, node);
    }
    this.publish(tree, transaction.events);
    return "OK";
  }
}
