/** What the engine asks of its host, which is TypeScript: see src/engine/. Every call is rare. */

/**
 * A data access that stage 2 refused. `bytes` 1 to 8; `executed`: instructions of this run that were. The virtual address
 * is in E_IO_VA, a value to store in E_IO_VALUE. Answers 0: retry, 1: inject an abort, 2: done, a loaded value is in E_IO_VALUE.
 */
/* @external("host", "access") */
export declare function hostAccess(ipaLo: u32, ipaHi: u32, bytes: u32, write: bool, executed: u32): i32;

/**
 * Stage 2 has refused an access (0 a load, 1 a store, 2 a fetch) to the address in E_IO_VA, and nobody answers. True: the vcpu
 * stays before the instruction and the run ends. False: it takes the abort.
 */
/* @external("host", "holds") */
export declare function hostHolds(ipaLo: u32, ipaHi: u32, access: u32): bool;

/** A system register that the PE does not hold; the value is in E_IO_VALUE. False: there is none. */
/* @external("host", "system") */
export declare function hostSystem(key: u32, write: bool, el: u32, executed: u32): bool;

/** An unallocated instruction was met. */
/* @external("host", "unallocated") */
export declare function hostUnallocated(word: u32, pcLo: u32, pcHi: u32): void;
