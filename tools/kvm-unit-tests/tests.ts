/**
 * Which programs of kvm-unit-tests run, with which arguments and on how large a machine. Source: its arm/unittests.cfg; where
 * that says "as many CPUs as there are", it is four.
 */

export interface UnitTest {
  readonly name: string;
  /** `arm/PROGRAM.flat`. */
  readonly program: string;
  readonly args: string;
  readonly cpus: number;
  /** MiB. */
  readonly memory: number;
}

const test = (name: string, program: string, args = "", cpus = 1, memory = 128): UnitTest => ({ name, program, args, cpus, memory });

/** What a machine with GICv2, PSCI, a generic timer and a PL011 has to do. */
export const TESTS: readonly UnitTest[] = [
  test("selftest-setup", "selftest", "setup smp=2 mem=256", 2, 256),
  test("selftest-vectors-kernel", "selftest", "vectors-kernel"),
  test("selftest-vectors-user", "selftest", "vectors-user"),
  test("selftest-smp", "selftest", "smp", 4),
  test("timer", "timer"),
  test("psci", "psci", "", 4),
  test("gicv2-ipi", "gic", "ipi", 4),
  test("gicv2-mmio", "gic", "mmio", 4),
  test("gicv2-mmio-up", "gic", "mmio"),
  test("gicv2-mmio-3p", "gic", "mmio", 3),
  test("gicv2-active", "gic", "active", 4),
  test("cache", "cache"),
  test("fpu-context", "fpu", "", 2),
  test("spinlock", "spinlock-test", "", 2),
  test("debug-bp", "debug", "bp"),
  test("debug-wp", "debug", "wp"),
  test("debug-sstep", "debug", "ss"),
];

export const PROGRAMS: readonly string[] = [...new Set(TESTS.map(({ program }) => program))];

/** Results that granule's machine is known not to have, and why. */
export const KNOWN: readonly { readonly test: string; readonly result: RegExp; readonly why: string }[] = [
  { test: "debug-", result: /^(?:bp|wp|ss): /, why: "debug exceptions are not modelled" },
];
