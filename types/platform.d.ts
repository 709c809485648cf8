// What a browser and Node both have and libraries may use, and nothing else: no DOM, no Node,
// no console, no clock. Types are the subset of the standard ones, so code written against this
// file also compiles against lib.dom and @types/node.

interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}
interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}
declare const AbortController: { new (): AbortController };

interface TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}
declare const TextEncoder: { new (): TextEncoder };
interface TextDecoder {
  decode(input?: ArrayBufferView | ArrayBufferLike, options?: { stream?: boolean }): string;
}
declare const TextDecoder: { new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder };

declare const crypto: {
  getRandomValues<T extends ArrayBufferView>(array: T): T;
};
declare function structuredClone<T>(value: T): T;
declare function queueMicrotask(callback: () => void): void;

interface PlatformTimer {
  readonly " timer": never;
}
declare function setTimeout(callback: () => void, ms?: number): PlatformTimer;
declare function clearTimeout(timer: PlatformTimer | undefined): void;

interface PlatformReader {
  read(): Promise<{ done: boolean; value?: Uint8Array<ArrayBuffer> | undefined }>;
  cancel(): Promise<void>;
}
interface PlatformWriter {
  write(chunk: Uint8Array<ArrayBuffer>): Promise<void>;
  close(): Promise<void>;
}
declare const DecompressionStream: {
  new (format: "gzip"): { readonly readable: { getReader(): PlatformReader }; readonly writable: { getWriter(): PlatformWriter } };
};
