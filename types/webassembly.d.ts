// The part of the WebAssembly namespace that libraries use; Node's types lack it, DOM's have it.
declare namespace WebAssembly {
  type ImportExportKind = "function" | "global" | "memory" | "table" | "tag";
  type ValueType = "i32" | "i64" | "f32" | "f64" | "v128" | "externref" | "anyfunc";
  type ExportValue = Function | Global | Memory | Table;
  type Exports = Record<string, ExportValue>;
  type ImportValue = ExportValue | number;
  type ModuleImports = Record<string, ImportValue>;
  type Imports = Record<string, ModuleImports>;
  interface Module {
    readonly " module"?: never;
  }
  const Module: {
    new (bytes: BufferSource): Module;
    exports(module: Module): { name: string; kind: ImportExportKind }[];
    imports(module: Module): { module: string; name: string; kind: ImportExportKind }[];
  };
  interface Instance {
    readonly exports: Exports;
  }
  const Instance: { new (module: Module, imports?: Imports): Instance };
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(delta: number): number;
  }
  const Memory: { new (descriptor: { initial: number; maximum?: number; shared?: boolean }): Memory };
  interface Table {
    readonly length: number;
    get(index: number): unknown;
    set(index: number, value?: unknown): void;
    grow(delta: number, value?: unknown): number;
  }
  const Table: { new (descriptor: { element: "anyfunc" | "externref"; initial: number; maximum?: number }): Table };
  interface Global<V = unknown> {
    value: V;
  }
  const Global: { new (descriptor: { value: ValueType; mutable?: boolean }, value?: unknown): Global };
  const RuntimeError: ErrorConstructor;
  const CompileError: ErrorConstructor;
  const LinkError: ErrorConstructor;
  function validate(bytes: BufferSource): boolean;
  function compile(bytes: BufferSource): Promise<Module>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
  function instantiate(bytes: BufferSource, imports?: Imports): Promise<{ module: Module; instance: Instance }>;
}
type BufferSource = ArrayBufferView<ArrayBuffer> | ArrayBuffer;
