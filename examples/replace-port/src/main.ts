/** Puts another plugin behind MachinePort: RAM is handed out from the top of memory down, and counted. */
import { CPU_MODELS } from "@granule/arm";
import { preset } from "@granule/granule";
import { DomainsPort } from "@granule/hypervisor";
import { assembleList, definePlugin, replacePlugin } from "@granule/kit";
import { createFrameAllocator, createMachineMemory, type FrameAllocator, MachinePort, scripted } from "@granule/machine";
import { add, BACKING_UNIT, distance, GRANULE_4K, mib, type Pa } from "@granule/units";

const [cpu] = CPU_MODELS;
if (cpu === undefined) throw new Error("no CPU model");

let allocations = 0;
/** The same allocator, asked for the highest address that is free. */
function topDown(frames: FrameAllocator): FrameAllocator {
  return {
    ...frames,
    alloc(size, align = BACKING_UNIT, phase = 0) {
      allocations++;
      const below: { at: Pa; size: number }[] = [];
      let best: Pa | undefined;
      for (;;) {
        const at = frames.alloc(size, align, phase);
        if (at === undefined) break;
        if (best !== undefined) below.push({ at: best, size });
        best = at;
      }
      for (const b of below) frames.free(b.at, b.size);
      return best;
    },
  };
}

const topDownMachine = definePlugin({
  name: "top-down-machine",
  version: 1,
  provides: { machine: MachinePort },
  requires: {},
  setup() {
    const memory = createMachineMemory(mib(48));
    const tables = createFrameAllocator(memory, memory.base, mib(16));
    const ram = topDown(createFrameAllocator(memory, add(memory.base, mib(16)), mib(32)));
    return { ports: { machine: { cpu, memory, tables, ram } }, save: () => null, load: () => undefined };
  },
});

const machine = assembleList(replacePlugin(preset(), topDownMachine()));
const made = machine.get(DomainsPort).create({ name: "guest", granule: GRANULE_4K, ram: mib(4), vcpus: [scripted(function* () {})] });
if (!made.ok) throw new Error(made.why);
const { memory } = machine.get(MachinePort);
const first = made.value.p2m.lookup(made.value.layout.ram.start);
if (first === undefined || allocations === 0) throw new Error("the other machine was not used");
const fromTop = memory.size - distance(first.pa, memory.base);
if (fromTop > mib(8)) throw new Error(`RAM is ${fromTop} bytes below the top`);
console.log(`the guest's RAM begins ${fromTop} bytes below the top of machine memory`);
