export { EXECUTE, GuestAbort, MachinePort, READ, WRITE } from "./contract.ts";
export type {
  AbortInfo, AccessKind, Engine, EngineFactory, EngineHost, Exit, FrameAllocator, Guest, GuestProgram, HeldExit, MachineMemory, MachineParts, RefusedAccess, ScriptedHost, Stage2Values, SysReg, Translator, Trap, VcpuRegs,
} from "./contract.ts";
export { type GuestException, heldExit, injectAbort, injectException, injectUndefined } from "./exceptions.ts";
export { createFrameAllocator } from "./frames.ts";
export { identify, mpidrOf } from "./identification.ts";
export { machine } from "./machine.ts";
export type { MachineConfig } from "./machine.ts";
export { createMachineMemory, MEMORY_BASE } from "./memory.ts";
export { createVcpuRegs, idRegisterAt, type VcpuRegName, VcpuRegsLayout } from "./regs.ts";
export { createScriptedEngine, scripted } from "./scripted.ts";
