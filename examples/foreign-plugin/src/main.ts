/** A 16K kernel at G = 64K calls the new hypercall. */
import { bootInfo, preset } from "@granule/granule";
import { boot } from "@granule/guest-sdk";
import { DomainsPort, layoutFor, SchedulerPort } from "@granule/hypervisor";
import { assemble } from "@granule/kit";
import { type GuestProgram, scripted } from "@granule/machine";
import { GRANULE_16K, GRANULE_64K, mib, vaFromIpa } from "@granule/units";
import { countZeroes, zeroCounter } from "./plugin.ts";

const RAM = mib(4);
const answers: string[] = [];
const kernel: GuestProgram = function* (g) {
  const k = yield* boot(g, { granule: GRANULE_16K, abi: 2, info: bootInfo(layoutFor(RAM)) });
  const { start } = k.pages.alloc(4096);
  g.store32(vaFromIpa(start), 0x01020304);
  const good = yield* k.call(countZeroes, { address: start, size: 4096 });
  answers.push(good.ok ? `${good.value.zeroes} of 4096 bytes are zero` : good.code);
  const bad = yield* k.call(countZeroes, { address: start, size: 4095 });
  answers.push(bad.ok ? "counted" : bad.code);
};

const machine = assemble([...preset({ ram: mib(32) }), zeroCounter()]);
const made = machine.get(DomainsPort).create({ name: "guest", granule: GRANULE_64K, ram: RAM, vcpus: [scripted(kernel)] });
if (!made.ok) throw new Error(made.why);
machine.get(SchedulerPort).run();
if (made.value.state !== "shutdown" || answers.join("; ") !== "4092 of 4096 bytes are zero; EDOM") throw new Error(`${made.value.state} ${made.value.reason}: ${answers.join("; ")}`);
console.log(answers.join("\n"));
