/**
 * A second GICv2, for tests: a record for each interrupt of each CPU, a stack of what is active, searches by sorting. It shares no
 * code and no representation with the other. Written from Arm IHI 0048B: table 4-1 "Distributor register map", table 4-2 "CPU interface
 * register map", 3.2 "General handling of interrupts", 3.3 "Interrupt prioritization".
 */
interface Interrupt {
  readonly id: number;
  enabled: boolean;
  /** Made pending by an edge or a write. */
  soft: boolean;
  line: boolean;
  edge: boolean;
  active: boolean;
  group: 0 | 1;
  priority: number;
  /** CPUs that it may go to. */
  targets: readonly number[];
  /** SGIs: who sent it. */
  readonly senders: Set<number>;
}
interface Cpu {
  readonly index: number;
  readonly own: Interrupt[];
  enable: [boolean, boolean];
  ackCtl: boolean;
  cbpr: boolean;
  eoiMode: 0 | 1;
  bypass: number;
  pmr: number;
  bpr: number;
  abpr: number;
  /** Group priorities that are active, the highest last. */
  running: number[];
}
const NONE = 1023;
const DIR = 0x1000; // MAGIC: GICC_DIR
type Register = "IGROUPR" | "ISENABLER" | "ICENABLER" | "ISPENDR" | "ICPENDR" | "ISACTIVER" | "ICACTIVER";
/** First offset of each array of bits. */
const BITS: readonly (readonly [number, Register])[] = [
  [0x80, "IGROUPR"], [0x100, "ISENABLER"], [0x180, "ICENABLER"], [0x200, "ISPENDR"], [0x280, "ICPENDR"], [0x300, "ISACTIVER"], [0x380, "ICACTIVER"],
];

export class NaiveGic {
  readonly cpus: Cpu[];
  readonly shared: Interrupt[];
  groups: [boolean, boolean] = [false, false];

  constructor(vcpus: number, spis: number) {
    const fresh = (id: number, target: number): Interrupt => ({
      id, enabled: id < 16, soft: false, line: false, edge: id < 16, active: false, group: 0, priority: 0, targets: [target], senders: new Set(),
    });
    this.cpus = Array.from({ length: vcpus }, (_, index) => ({
      index, own: Array.from({ length: 32 }, (_x, id) => fresh(id, index)), enable: [false, false], ackCtl: false, cbpr: false, eoiMode: 0, bypass: 0, pmr: 0, bpr: 2,
      abpr: 3, running: [],
    }));
    this.shared = Array.from({ length: spis }, (_, i) => fresh(32 + i, 0));
  }

  cpu(index: number): Cpu {
    const cpu = this.cpus[index];
    if (cpu === undefined) throw new Error(`no CPU ${index}`);
    return cpu;
  }
  find(cpu: number, id: number): Interrupt | undefined {
    return id < 32 ? this.cpu(cpu).own[id] : this.shared[id - 32];
  }
  pending(i: Interrupt): boolean {
    return i.id < 16 ? i.senders.size > 0 : i.soft || (i.line && !i.edge);
  }
  /** What the distributor sends to a CPU. */
  forwarded(cpu: number): Interrupt | undefined {
    return [...this.cpu(cpu).own, ...this.shared]
      .filter((i) => this.pending(i) && i.enabled && !i.active && this.groups[i.group] && i.targets.includes(cpu))
      .sort((a, b) => a.priority - b.priority || a.id - b.id)[0];
  }
  groupPriority(c: Cpu, i: Interrupt): number {
    const sub = 2 ** (i.group === 1 && !c.cbpr ? c.abpr : c.bpr + 1);
    return Math.floor(i.priority / sub) * sub;
  }
  signalled(cpu: number): Interrupt | undefined {
    const c = this.cpu(cpu);
    const i = this.forwarded(cpu);
    if (i === undefined || !c.enable[i.group] || i.priority >= c.pmr) return undefined;
    return this.groupPriority(c, i) < (c.running.at(-1) ?? 256) ? i : undefined;
  }
  irq(cpu: number): boolean {
    return this.signalled(cpu) !== undefined;
  }

  setLine(id: number, level: boolean, cpu: number): void {
    const i = this.find(cpu, id);
    if (i === undefined) return;
    if (level && !i.line && i.edge) i.soft = true;
    i.line = level;
  }

  pulse(id: number, cpu: number): void {
    const i = this.find(cpu, id);
    if (i !== undefined) i.soft = true;
  }

  /** The number that IAR or HPPIR would show. */
  private shown(c: Cpu, i: Interrupt | undefined, aliased: boolean): number {
    if (i === undefined || (aliased && i.group === 0)) return NONE;
    if (!aliased && i.group === 1 && !c.ackCtl) return 1022;
    return i.id + (i.id < 16 ? 1024 * Math.min(...i.senders) : 0);
  }
  readCpu(cpu: number, offset: number): number {
    const c = this.cpu(cpu);
    switch (offset) {
      case 0x00:
        return (c.enable[0] ? 1 : 0) + (c.enable[1] ? 2 : 0) + (c.ackCtl ? 4 : 0) + (c.cbpr ? 16 : 0) + c.bypass * 32 + c.eoiMode * 512;
      case 0x04: return c.pmr;
      case 0x08: return c.bpr;
      case 0x1c: return c.abpr;
      case 0x14: return c.running.at(-1) ?? 0xff;
      case 0xd0: return c.running.reduce((sum, p) => sum + 2 ** (p / 8), 0);
      case 0xfc: return 0x0202143b;
      case 0x18:
      case 0x28: {
        const i = this.forwarded(cpu);
        return this.shown(c, i !== undefined && c.enable[i.group] ? i : undefined, offset === 0x28);
      }
      case 0x0c:
      case 0x20: {
        const i = this.signalled(cpu);
        const shown = this.shown(c, i, offset === 0x20);
        if (i === undefined || shown === 1022 || shown === NONE) return shown;
        c.running.push(this.groupPriority(c, i));
        i.active = true;
        i.soft = false;
        i.senders.delete(Math.min(...i.senders));
        return shown;
      }
      default: return 0;
    }
  }
  writeCpu(cpu: number, offset: number, value: number): void {
    const c = this.cpu(cpu);
    const id = value % 1024;
    if (offset === 0x00) {
      c.enable = [(value & 1) !== 0, (value & 2) !== 0];
      c.ackCtl = (value & 4) !== 0;
      c.cbpr = (value & 16) !== 0;
      c.bypass = (value >> 5) & 15;
      c.eoiMode = (value & 512) === 0 ? 0 : 1;
    } else if (offset === 0x04) c.pmr = value & 0xf8;
    else if (offset === 0x08) c.bpr = Math.max(2, value % 8);
    else if (offset === 0x1c) c.abpr = Math.max(3, value % 8);
    else if (offset === 0xd0) c.running = Array.from({ length: 32 }, (_, n) => n).filter((n) => ((value >>> n) & 1) === 1).map((n) => 8 * n).reverse();
    else if (offset === 0x10 || offset === 0x24) {
      if (id >= 1020 || c.running.pop() === undefined || c.eoiMode === 1) return;
      const i = this.find(cpu, id);
      if (i !== undefined) i.active = false;
    } else if (offset === DIR && c.eoiMode === 1) {
      const i = this.find(cpu, id);
      if (i !== undefined) i.active = false;
    }
  }

  private bitsAt(offset: number): { readonly register: Register; readonly first: number } | undefined {
    const row = BITS.findLast(([start]) => offset >= start);
    return row === undefined || offset >= 0x400 ? undefined : { register: row[1], first: (offset - row[0]) * 8 };
  }
  private bit(register: Register, i: Interrupt): boolean {
    if (register === "IGROUPR") return i.group === 1;
    if (register === "ISENABLER" || register === "ICENABLER") return i.enabled;
    return register === "ISPENDR" || register === "ICPENDR" ? this.pending(i) : i.active;
  }
  private setBit(register: Register, i: Interrupt, one: boolean): void {
    if (register === "IGROUPR") i.group = one ? 1 : 0;
    if (!one) return;
    if (register === "ISACTIVER") i.active = true;
    if (register === "ICACTIVER") i.active = false;
    if (i.id < 16) return;
    if (register === "ISENABLER") i.enabled = true;
    if (register === "ICENABLER") i.enabled = false;
    if (register === "ISPENDR") i.soft = true;
    if (register === "ICPENDR") i.soft = false;
  }
  private readByte(cpu: number, offset: number): number {
    if (offset >= 0xf10) return [...this.cpu(cpu).own[offset % 16]!.senders].reduce((sum, sender) => sum + 2 ** sender, 0);
    const i = this.find(cpu, offset % 0x400);
    if (i === undefined) return 0;
    if (offset < 0x800) return i.priority;
    return this.cpus.length === 1 ? 0 : i.targets.reduce((sum, target) => sum + 2 ** target, 0);
  }
  private writeByte(cpu: number, offset: number, value: number): void {
    const chosen = this.cpus.map((c) => c.index).filter((n) => ((value >> n) & 1) === 1);
    const i = this.find(cpu, offset >= 0xf10 ? offset % 16 : offset % 0x400);
    if (i === undefined) return;
    if (offset >= 0xf20) for (const sender of chosen) i.senders.add(sender);
    else if (offset >= 0xf10) for (const sender of chosen) i.senders.delete(sender);
    else if (offset < 0x800) i.priority = value & 0xf8;
    else if (i.id >= 32 && this.cpus.length > 1) i.targets = chosen;
  }
  private bytes(offset: number): boolean {
    return (offset >= 0x400 && offset < 0xc00) || (offset >= 0xf10 && offset < 0xf30);
  }

  readDistributor(cpu: number, offset: number, bytes: number): number {
    const place = Array.from({ length: bytes }, (_, n) => n);
    if (this.bytes(offset) && bytes !== 2 && offset % bytes === 0) return place.reduce((sum, n) => sum + this.readByte(cpu, offset + n) * 256 ** n, 0);
    if (bytes !== 4 || offset % 4 !== 0) return 0;
    if (offset === 0) return (this.groups[0] ? 1 : 0) + (this.groups[1] ? 2 : 0);
    if (offset === 4) return this.shared.length / 32 + 32 * (this.cpus.length - 1);
    if (offset === 8) return 0x0200143b;
    if (offset === 0xfe8) return 0x2b;
    const bits = this.bitsAt(offset);
    const list = Array.from({ length: 32 }, (_, n) => n);
    if (bits !== undefined)
      return list.reduce((sum, n) => {
        const i = this.find(cpu, bits.first + n);
        return sum + (i !== undefined && this.bit(bits.register, i) ? 2 ** n : 0);
      }, 0);
    if (offset >= 0xc00 && offset < 0xd00) return list.slice(0, 16).reduce((sum, n) => sum + (this.find(cpu, (offset - 0xc00) * 4 + n)?.edge === true ? 2 * 4 ** n : 0), 0);
    return 0;
  }
  writeDistributor(cpu: number, offset: number, bytes: number, value: number): void {
    if (this.bytes(offset) && bytes !== 2 && offset % bytes === 0) {
      for (let n = 0; n < bytes; n++) this.writeByte(cpu, offset + n, Math.floor(value / 256 ** n) % 256);
      return;
    }
    if (bytes !== 4 || offset % 4 !== 0) return;
    const bits = this.bitsAt(offset);
    if (offset === 0) this.groups = [(value & 1) !== 0, (value & 2) !== 0];
    else if (bits !== undefined) {
      for (let n = 0; n < 32; n++) {
        const i = this.find(cpu, bits.first + n);
        if (i !== undefined) this.setBit(bits.register, i, ((value >>> n) & 1) === 1);
      }
    } else if (offset > 0xc00 && offset < 0xd00) {
      for (let n = 0; n < 16; n++) {
        const i = this.find(cpu, (offset - 0xc00) * 4 + n);
        if (i !== undefined) i.edge = ((value >>> (2 * n + 1)) & 1) === 1;
      }
    } else if (offset === 0xf00) {
      const listed = (n: number): boolean => [((value >>> (16 + n)) & 1) === 1, n !== cpu, n === cpu, false][(value >>> 24) & 3] === true;
      for (const c of this.cpus) if (listed(c.index)) c.own[value & 15]!.senders.add(cpu);
    }
  }
}
