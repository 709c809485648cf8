/** Flags of every command that asks real Xen. */
const text = (value: string): string => value;

export interface XenFlags {
  readonly xen?: string;
  readonly cache?: string;
}
export const CACHE_FLAG = { kind: "parsed", parse: text, optional: true, brief: "Folder of the cache", placeholder: "DIR" } as const;
export const XEN_FLAGS = { xen: { kind: "parsed", parse: text, optional: true, brief: "Xen's binary; Debian's otherwise", placeholder: "FILE" }, cache: CACHE_FLAG } as const;
