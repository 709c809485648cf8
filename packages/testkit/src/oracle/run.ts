/** A script on granule. */
import { dom0less, type EngineName } from "@granule/granule";
import { diagnoseHang } from "@granule/hypervisor";
import { GranuleError } from "@granule/units";
import { collect } from "./answers.ts";
import type { Answers, Script } from "./contract.ts";
import { hostOf } from "./host.ts";

/** Nanoseconds of the machine's clock after which a script hangs: it waits for seconds where it waits at all. */
const LIMIT = 60e9;

/** The control domain has ended before the others were done. */
const HALTED = "Xen stopped";

export interface OracleFiles {
  /** The machine's device tree. */
  readonly machine: Uint8Array;
  /** The interpreter's image. */
  readonly guest: Uint8Array;
}

/** Runs it; a configuration that is refused is an answer too. */
export async function runScript(script: Script, { machine, guest }: OracleFiles, options: { readonly engine?: EngineName } = {}): Promise<Answers> {
  const { dtb, files } = hostOf(script, machine, guest);
  const collector = collect(script);
  let isDone = false;
  try {
    const run = await dom0less({ dtb, files, output: (line) => void (isDone = collector.line(line) || isDone), ...options });
    const { machine: m } = run;
    try {
      let state = run.step({ horizon: LIMIT });
      while (state === "running" && !isDone && m.now() < LIMIT) state = run.step({ horizon: LIMIT });
      if (state === "ended" && !isDone && run.domains.some((d) => d.domid === 0)) return collector.answers("refused", HALTED);
      const hangs = run.domains.flatMap((d) => d.vcpus.flatMap((v) => diagnoseHang(v)?.text ?? []));
      return { ...collector.answers(isDone ? "done" : "hangs"), ...(hangs.length === 0 ? {} : { hangs }) };
    } finally {
      m.dispose();
    }
  } catch (error) {
    if (error instanceof GranuleError) return collector.answers("refused", error.message);
    throw error;
  }
}
