/**
 * Micro-ops and what the interpreter does for each, in the order of their numbers. The texts are AssemblyScript: `ip` is the
 * micro-op, `lim` the limit, `fn`, `fz`, `fc` and `fv` the flags; operands are read by the functions of assembly/interpret.ts.
 * What repeats (32 and 64 bits, add and subtract, thirteen accesses in four addressing modes) is written once.
 */

/**
 * `completes`: goes on with the next micro-op. `block`: the same, with names of its own. `fails`: leaves its answer in
 * `done`. `jumps`: sees to `ip` and `lim` itself.
 */
type Ending = "completes" | "block" | "fails" | "jumps";
export interface MicroOp {
  readonly name: string;
  readonly ending: Ending;
  readonly text: string;
}
const op = (ending: Ending) => (name: string, text: string): MicroOp => ({ name, ending, text });
const completes = op("completes");
const block = op("block");
const fails = op("fails");
const jumps = op("jumps");

/** The two sizes of an operation: how they read, write and set flags. */
interface Size {
  readonly bits: 64 | 32;
  readonly type: "u64" | "u32";
  readonly n: string;
  readonly m: string;
  readonly imm: string;
  /** A result as the signed 64-bit number that flags are taken from. */
  readonly signed: string;
}
const WIDE: Size = { bits: 64, type: "u64", n: "N64(ip)", m: "M64(ip)", imm: "IMM(ip)", signed: "<i64>" };
const NARROW: Size = { bits: 32, type: "u32", n: "N32(ip)", m: "M32(ip)", imm: "<u32>IMM(ip)", signed: "<i64><i32>" };
const both = (make: (size: Size) => MicroOp | readonly MicroOp[]): readonly MicroOp[] => [WIDE, NARROW].flatMap(make);

/** Carry of a + b or a - b, and overflow as a sign. */
const carry = (subtract: boolean): string => (subtract ? "a >= b" : "r < a");
const overflow = (subtract: boolean): string => (subtract ? "(a ^ b) & (a ^ r)" : "(a ^ r) & (b ^ r)");
const setFlags = (size: Size, subtract: boolean): string => `fn = fz = ${size.signed}r;
fc = <u32>(${carry(subtract)});
fv = ${size.signed}(${overflow(subtract)});`;
const arithmetic = (size: Size, name: string, subtract: boolean, b: string): MicroOp =>
  block(`${name}${size.bits}`, `const a = ${size.n};
const b = ${b};
const r = a ${subtract ? "-" : "+"} b;
setD${size.bits}(ip, r);
${setFlags(size, subtract)}`);
const logicFlags = (size: Size): string => `fn = fz = ${size.signed}r;
fc = 0;
fv = 0;`;
const logic = (size: Size, name: string, expression: string, flags: boolean): MicroOp =>
  flags
    ? block(`${name}${size.bits}`, `const r = ${expression};\nsetD${size.bits}(ip, r);\n${logicFlags(size)}`)
    : completes(`${name}${size.bits}`, `setD${size.bits}(ip, ${expression});`);

const immediates: readonly MicroOp[] = [
  completes("MOVI", "setD64(ip, IMM(ip));"),
  ...both((s) => completes(`MOVK${s.bits}`, `setD${s.bits}(ip, <${s.type}>((load<u64>(D(ip)) & ~(<u64>0xffff << <u64>load<u16>(ip, 4))) | IMM(ip)));`)),
  completes("ADR", "setD64(ip, pcOf(ip) + IMM(ip));"),
  completes("ADRP", "setD64(ip, PAGE_VA + IMM(ip));"),
  ...both((s) => completes(`ADDI${s.bits}`, `setD${s.bits}(ip, ${s.n} + ${s.imm});`)),
  ...both((s) => arithmetic(s, "ADDSI", false, s.imm)),
  ...both((s) => arithmetic(s, "SUBSI", true, s.imm)),
  completes("ANDI", "setD64(ip, N64(ip) & IMM(ip));"),
  ...both((s) => logic(s, "ORRI", `${s.n} | ${s.imm}`, false)),
  ...both((s) => logic(s, "EORI", `${s.n} ^ ${s.imm}`, false)),
  ...both((s) => logic(s, "ANDSI", `${s.n} & ${s.imm}`, true)),
  // bit fields: left, then right; and BFM: rotated under a mask
  ...both((s) => completes(`UBF${s.bits}`, `setD${s.bits}(ip, (${s.n} << <${s.type}>load<u32>(ip, 8)) >> <${s.type}>load<u32>(ip, 12));`)),
  completes("SBF64", "setD64(ip, <u64>(<i64>(N64(ip) << <u64>load<u32>(ip, 8)) >> <i64>load<u32>(ip, 12)));"),
  completes("SBF32", "setD32(ip, <u32>(<i32>(N32(ip) << load<u32>(ip, 8)) >> load<u32>(ip, 12)));"),
  ...both((s) => completes(`BFM${s.bits}`, `setD${s.bits}(ip, (load<${s.type}>(D(ip)) & ~${s.imm}) | (rotr<${s.type}>(${s.n}, <${s.type}>load<u16>(ip, 6)) & ${s.imm}));`)),
  ...both((s) => completes(`EXTR${s.bits}`, `setD${s.bits}(ip, IMM(ip) == 0 ? ${s.m} : (${s.m} >> ${s.imm}) | (${s.n} << (${s.bits} - ${s.imm})));`)),
  completes("LSLI64", "setD64(ip, N64(ip) << IMM(ip));"),
  completes("LSRI64", "setD64(ip, N64(ip) >> IMM(ip));"),
];

/** Name, operator, whether the second operand is inverted, whether flags are set. */
const LOGIC = [
  ["AND", "&", "", false], ["ORR", "|", "", false], ["EOR", "^", "", false], ["ANDS", "&", "", true],
  ["BIC", "&", "~", false], ["ORN", "|", "~", false], ["EON", "^", "~", false], ["BICS", "&", "~", true],
] as const;

/** Arithmetic whose kind is at 12: bit 0 sets flags, bit 1 subtracts, bit 3 is 64 bits. */
const arithmeticByKind = (name: string, wide: string, narrow: string): MicroOp => {
  const half = (s: Size, operand: string): string => `  const a = ${s.n};
  const b = ${operand};
  const r = (kind & 2) != 0 ? a - b : a + b;
  setD${s.bits}(ip, r);
  if ((kind & 1) != 0) {
    fn = fz = ${s.signed}r;
    fc = <u32>((kind & 2) != 0 ? ${carry(true)} : ${carry(false)});
    fv = ${s.signed}((kind & 2) != 0 ? ${overflow(true)} : ${overflow(false)});
  }`;
  return block(name, `const kind = load<u32>(ip, 12);\nif ((kind & 8) != 0) {\n${half(WIDE, wide)}\n} else {\n${half(NARROW, narrow)}\n}`);
};
const withCarry = (name: string, inverted: string): readonly MicroOp[] => [
  ...both((s) => completes(`${name}${s.bits}`, `setD${s.bits}(ip, ${s.n} + ${inverted}${s.m} + <${s.type}>fc);`)),
  ...both((s) => block(`${name}S${s.bits}`, `const a = ${s.n};
const b = ${inverted}${s.m};
const r = a + b + <${s.type}>fc;
setD${s.bits}(ip, r);
fc = <u32>(fc != 0 ? r <= a : r < a);
fn = fz = ${s.signed}r;
fv = ${s.signed}(${overflow(false)});`)),
];
/** Condition and other flags at 8, an immediate at 12. */
const conditionalCompare = (name: string, subtract: boolean): readonly MicroOp[] =>
  both((s) => block(`${name}${s.bits}`, `const operands = load<u32>(ip, 8);
if (holds(operands >>> 4, fn, fz, fc, fv)) {
  const a = ${s.n};
  const b = ${s.m} + <${s.type}>load<u32>(ip, 12);
  const r = a ${subtract ? "-" : "+"} b;
  ${setFlags(s, subtract).replaceAll("\n", "\n  ")}
} else {
  fn = <i64>operands << 60;
  fz = <i64>(~operands & 4);
  fc = (operands >>> 1) & 1;
  fv = <i64>operands << 63;
}`));
const conditionalSelect = (name: string, otherwise: (m: string) => string): readonly MicroOp[] =>
  both((s) => completes(`${name}${s.bits}`, `setD${s.bits}(ip, holds(load<u32>(ip, 8), fn, fz, fc, fv) ? ${s.n} : ${otherwise(s.m)});`));

const registers: readonly MicroOp[] = [
  ...both((s) => completes(`MOV${s.bits}`, `setD${s.bits}(ip, ${s.m});`)),
  ...both((s) => completes(`ADD${s.bits}`, `setD${s.bits}(ip, ${s.n} + ${s.m});`)),
  ...both((s) => completes(`SUB${s.bits}`, `setD${s.bits}(ip, ${s.n} - ${s.m});`)),
  ...both((s) => arithmetic(s, "ADDS", false, s.m)),
  ...both((s) => arithmetic(s, "SUBS", true, s.m)),
  ...LOGIC.flatMap(([name, operator, inverted, flags]) => both((s) => logic(s, name, `${s.n} ${operator} ${inverted}${s.m}`, flags))),
  completes("ADD_LSL64", "setD64(ip, N64(ip) + (M64(ip) << IMM(ip)));"),
  arithmeticByKind("ARITH_SHIFTED", "shiftedOperand(ip, true)", "<u32>shiftedOperand(ip, false)"),
  arithmeticByKind("ARITH_EXTENDED", "extended(M64(ip), load<u8>(ip, 9)) << <u64>load<u8>(ip, 8)", "<u32>extended(M64(ip), load<u8>(ip, 9)) << load<u8>(ip, 8)"),
  block("LOGIC_SHIFTED", `const kind = load<u32>(ip, 12);
const wide = (kind & 8) != 0;
let b = shiftedOperand(ip, wide);
if ((kind & 4) != 0) b = ~b;
const a = N64(ip);
let r: u64;
switch (kind & 3) {
  case 1: r = a | b; break;
  case 2: r = a ^ b; break;
  default: r = a & b;
}
if (!wide) r = <u64><u32>r;
setD64(ip, r);
if ((kind & 3) == 3) {
  fn = fz = wide ? <i64>r : <i64><i32>r;
  fc = 0;
  fv = 0;
}`),
  ...withCarry("ADC", ""), ...withCarry("SBC", "~"),
  ...conditionalCompare("CCMP", true), ...conditionalCompare("CCMN", false),
  ...conditionalSelect("CSEL", (m) => m), ...conditionalSelect("CSINC", (m) => `${m} + 1`), ...conditionalSelect("CSINV", (m) => `~${m}`), ...conditionalSelect("CSNEG", (m) => `0 - ${m}`),
];

/** The addend's place is at 8. */
const addend = (s: Size): string => `load<${s.type}>(R + load<u32>(ip, 8))`;
const shiftBy = (name: string, expression: (x: string, by: string, s: Size) => string): readonly MicroOp[] =>
  both((s) => completes(`${name}${s.bits}`, `setD${s.bits}(ip, ${expression(s.n, `(${s.m} & ${s.bits - 1})`, s)});`));
const products: readonly MicroOp[] = [
  ...both((s) => completes(`MADD${s.bits}`, `setD${s.bits}(ip, ${addend(s)} + ${s.n} * ${s.m});`)),
  ...both((s) => completes(`MSUB${s.bits}`, `setD${s.bits}(ip, ${addend(s)} - ${s.n} * ${s.m});`)),
  completes("SMADDL", `setD64(ip, ${addend(WIDE)} + <u64>(<i64><i32>N32(ip) * <i64><i32>M32(ip)));`),
  completes("SMSUBL", `setD64(ip, ${addend(WIDE)} - <u64>(<i64><i32>N32(ip) * <i64><i32>M32(ip)));`),
  completes("UMADDL", `setD64(ip, ${addend(WIDE)} + <u64>N32(ip) * <u64>M32(ip));`),
  completes("UMSUBL", `setD64(ip, ${addend(WIDE)} - <u64>N32(ip) * <u64>M32(ip));`),
  completes("SMULH", "setD64(ip, multiplyHighSigned(<i64>N64(ip), <i64>M64(ip)));"),
  completes("UMULH", "setD64(ip, multiplyHigh(N64(ip), M64(ip)));"),
  ...both((s) => completes(`UDIV${s.bits}`, `setD${s.bits}(ip, ${s.m} == 0 ? 0 : ${s.n} / ${s.m});`)),
  // wasm traps where the quotient overflows
  ...both((s) => completes(`SDIV${s.bits}`, `setD${s.bits}(ip, ${s.m} == 0 ? 0 : ${s.m} == <${s.type}>-1 ? 0 - ${s.n} : <${s.type}>(<i${s.bits}>${s.n} / <i${s.bits}>${s.m}));`)),
  ...shiftBy("LSLV", (x, by) => `${x} << ${by}`),
  ...shiftBy("LSRV", (x, by) => `${x} >> ${by}`),
  ...shiftBy("ASRV", (x, by, s) => `<${s.type}>(<i${s.bits}>${x} >> <i${s.bits}>${by})`),
  ...shiftBy("RORV", (x, by, s) => `rotr<${s.type}>(${x}, ${by})`),
  completes("CRC32", "setD32(ip, crc32(N32(ip), M64(ip), 1 << (load<u32>(ip, 8) & 3), (load<u32>(ip, 8) & 4) != 0));"),
  completes("RBIT64", "setD64(ip, reverseBits64(N64(ip)));"),
  completes("RBIT32", "setD64(ip, reverseBits64(<u64>N32(ip)) >> 32);"),
  completes("REV16_64", "setD64(ip, reverseBytes16(N64(ip)));"),
  completes("REV16_32", "setD64(ip, reverseBytes16(<u64>N32(ip)));"),
  completes("REV32", "setD64(ip, reverseBytes32(<u64>N32(ip)));"),
  completes("REV64", "setD64(ip, reverseBytes64(N64(ip)));"),
  completes("REV32_64", "setD64(ip, reverseBytes32(N64(ip)));"),
  ...both((s) => completes(`CLZ${s.bits}`, `setD${s.bits}(ip, clz<${s.type}>(${s.n}));`)),
  // leading bits that differ from the one after them
  ...both((s) => completes(`CLS${s.bits}`, `setD${s.bits}(ip, clz<${s.type}>((${s.n} ^ (${s.n} << 1)) | 1));`)),
];

const bitOf = "((N64(ip) >> <u64>load<u16>(ip, 2)) & 1)";
/** X30 is the return address. */
const LINK = "store<u64>(R + 240, pcOf(ip) + 4);\n";
const ALWAYS = "";
/** Name, condition, what comes first. Each has a form for targets in the page and one for others. */
const BRANCHES = [
  ["B", ALWAYS, ""], ["BL", ALWAYS, LINK], ["CBZ64", "N64(ip) == 0", ""], ["CBZ32", "N32(ip) == 0", ""], ["CBNZ64", "N64(ip) != 0", ""], ["CBNZ32", "N32(ip) != 0", ""],
  ["TBZ", `${bitOf} == 0`, ""], ["TBNZ", `${bitOf} != 0`, ""],
] as const;
/** Conditions in the order of their encoding. */
const CONDITIONS = [
  ["BEQ", "fz == 0"], ["BNE", "fz != 0"], ["BCS", "fc != 0"], ["BCC", "fc == 0"], ["BMI", "fn < 0"], ["BPL", "fn >= 0"], ["BVS", "fv < 0"], ["BVC", "fv >= 0"],
  ["BHI", "fc != 0 && fz != 0"], ["BLS", "fc == 0 || fz == 0"], ["BGE", "(fn ^ fv) >= 0"], ["BLT", "(fn ^ fv) < 0"], ["BGT", "(fn ^ fv) >= 0 && fz != 0"], ["BLE", "(fn ^ fv) < 0 || fz == 0"],
] as const;
const GO_NEAR = `const go = <isize>load<i32>(ip, 8);
lim += go - UOP;
ip += go;
stop = min<usize>(lim, end);
continue;`;
const near = (name: string, condition: string, first: string): MicroOp =>
  jumps(name, condition === ALWAYS ? `${first}${GO_NEAR}` : `if (${condition}) {\n  ${GO_NEAR.replaceAll("\n", "\n  ")}\n}\nip += UOP;\ncontinue;`);
/** The TLB knows the page, with its micro-ops; or the outer loop finds out. */
const far = (name: string, condition: string, first: string, target = "pcOf(ip) + IMM(ip)"): MicroOp =>
  fails(name, `${condition === ALWAYS ? "" : `if (!(${condition})) {\n  ip += UOP;\n  continue;\n}\n`}const target: u64 = ${target};
${first}const entry = entryOf(tlb, target);
if (load<u64>(entry, TAG_X) == (target & WORDS_MASK)) {
  const code: usize = load<u32>(entry, CODE) & CODE_MASK;
  const next = code + ((<usize>target & 0xffc) << 2);
  setPage(target & PAGE_MASK, code);
  end = code + UOP_PAGE;
  lim = next + (lim - ip) - UOP;
  ip = next;
  stop = min<usize>(lim, end);
  continue;
}
store<u64>(R, canonical(R, target), R_PC);
done = JUMPED;`);
const branches: readonly MicroOp[] = [
  ...BRANCHES.map(([name, condition, first]) => near(name, condition, first)),
  ...CONDITIONS.map(([name, condition]) => near(name, condition, "")),
  ...BRANCHES.map(([name, condition, first]) => far(`${name}_FAR`, condition, first)),
  far("BCOND_FAR", "holds(load<u16>(ip, 2), fn, fz, fc, fv)", ""),
  far("BR", ALWAYS, "", "N64(ip)"), far("BLR", ALWAYS, LINK, "N64(ip)"), far("RET", ALWAYS, "", "N64(ip)"),
];

/** Loads: the type in memory, and of the register. Stores: the type in memory. */
const LOADS = [
  ["LDRB", "u8", "u64"], ["LDRH", "u16", "u64"], ["LDRW", "u32", "u64"], ["LDRX", "u64", "u64"], ["LDRSB64", "i8", "i64"], ["LDRSH64", "i16", "i64"], ["LDRSW", "i32", "i64"],
  ["LDRSB32", "i8", "i32"], ["LDRSH32", "i16", "i32"],
] as const;
const STORES = [["STRB", "u8"], ["STRH", "u16"], ["STRW", "u32"], ["STRX", "u64"]] as const;
const PAIRS = [["LDPX", "ldp<u64, u64>"], ["LDPW", "ldp<u32, u64>"], ["LDPSW", "ldp<i32, i64>"], ["STPX", "stp<u64>"], ["STPW", "stp<u32>"]] as const;
/** Suffix, address, and what the base becomes. */
const MODES = [["", "base + IMM(ip)", ""], ["_R", "base + registerOffset(ip)", ""], ["_PRE", "base + IMM(ip)", "va"], ["_POST", "base", "base + IMM(ip)"]] as const;

const access = (name: string, [suffix, address, writeback]: (typeof MODES)[number], call: string): MicroOp =>
  fails(`${name}${suffix}`, `const base = N64(ip);
const va: u64 = ${address};
done = baseFails(ip, base) ? RAISED : ${call};${writeback === "" ? "" : `\nwriteBack(ip, done, ${writeback});`}`);
const accesses: readonly MicroOp[] = [
  ...MODES.flatMap((mode) => [
    ...LOADS.map(([name, memory, register]) => access(name, mode, `ld<${memory}, ${register}>(ip, lim, tlb, va, D(ip))`)),
    ...STORES.map(([name, memory]) => access(name, mode, `st<${memory}>(ip, lim, tlb, va, load<u64>(D(ip)))`)),
  ]),
  ...LOADS.filter(([name]) => ["LDRW", "LDRX", "LDRSW"].includes(name)).map(([name, memory, register]) =>
    fails(`${name}_LIT`, `done = ld<${memory}, ${register}>(ip, lim, tlb, pcOf(ip) + IMM(ip), D(ip));`)),
  ...MODES.filter(([suffix]) => suffix !== "_R").flatMap((mode) => PAIRS.map(([name, call]) => access(name, mode, `${call}(ip, lim, tlb, va)`))),
];

/** What other files execute needs PSTATE in memory, and may have changed it. */
const withPstate = (text: string): string => `saveFlags(fn, fz, fc, fv);
${text}
pstate = <u32>load<u64>(R, R_PSTATE);
fn = negativeOf(pstate);
fz = zeroOf(pstate);
fc = carryOf(pstate);
fv = overflowOf(pstate);`;
const special: readonly MicroOp[] = [
  jumps("DECODE", "translate(ip);\ncontinue;"),
  fails("UNALLOCATED", "hostUnallocated(load<u32>(ip, 8), <u32>pcOf(ip), <u32>(pcOf(ip) >> 32));\ndone = raise(EC_UNKNOWN, 0);"),
  completes("NOP", ""),
  fails("SYSTEM", `at(ip, lim);\n${withPstate("done = system(load<u32>(ip, 8), load<u32>(ip, 12));")}\ntlb = TLB;`),
  fails("SIMD", `at(ip, lim);\nif (!FP_ON) done = raise(EC_FP_ASIMD, ISS_FP);\nelse {\n  ${withPstate("if (simd(ip) != 0) done = raise(EC_UNKNOWN, 0);").replaceAll("\n", "\n  ")}\n}`),
  fails("SIMD_MEMORY", "at(ip, lim);\ndone = FP_ON ? simdMemory(ip) : raise(EC_FP_ASIMD, ISS_FP);"),
];
const rare: readonly MicroOp[] = [
  fails("SYNCHRONISED", "at(ip, lim);\ndone = synchronised(load<u32>(ip, 8), load<u32>(ip, 12));"),
  fails("ATOMIC", "at(ip, lim);\ndone = atomic(load<u32>(ip, 8));"),
  fails("UNPRIVILEGED", "at(ip, lim);\ndone = unprivileged(load<u32>(ip, 8), load<u32>(ip, 12));"),
];

/** Every micro-op. The first is 0: what has not been decoded. */
export const MICRO_OPS: readonly MicroOp[] = [...special, ...immediates, ...registers, ...products, ...branches, ...accesses, ...rare];
