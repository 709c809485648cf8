/**
 * The archive that Linux unpacks as its first file system. Written here because device nodes need no root this way, and the
 * same files give the same bytes. Source: Linux, Documentation/driver-api/early-userspace/buffer-format.rst, "newc".
 */

/** One member. Paths are relative, without a leading slash, and folders come before what is in them. */
export type CpioEntry =
  | { readonly path: string; readonly kind: "folder" }
  | { readonly path: string; readonly kind: "file"; readonly content: Uint8Array; readonly executable?: boolean }
  | { readonly path: string; readonly kind: "link"; readonly to: string }
  | { readonly path: string; readonly kind: "device"; readonly major: number; readonly minor: number };

/** stat(2): the type of a file in its mode. */
const MODE = { folder: 0o040755, file: 0o100644, executable: 0o100755, link: 0o120777, device: 0o020600 } as const;
const MAGIC = "070701";
const TRAILER = "TRAILER!!!";
const ALIGN = 4;

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, "0");
const padded = (parts: readonly Uint8Array[]): Uint8Array => {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([...parts, new Uint8Array((ALIGN - (size % ALIGN)) % ALIGN)]);
};

function member(path: string, inode: number, mode: number, content: Uint8Array, links: number, [major, minor]: readonly [number, number]): Uint8Array {
  const name = Buffer.from(`${path}\0`);
  // c_ino, c_mode, c_uid, c_gid, c_nlink, c_mtime, c_filesize, c_maj, c_min, c_rmaj, c_rmin, c_namesize, c_chksum
  const fields = [inode, mode, 0, 0, links, 0, content.length, 0, 0, major, minor, name.length, 0];
  return padded([padded([Buffer.from(MAGIC + fields.map(hex).join("")), name]), content]);
}

const NOTHING = new Uint8Array();
const NO_DEVICE = [0, 0] as const;

/** The archive, owned by root, with times of 0. */
export function cpio(entries: readonly CpioEntry[]): Uint8Array {
  const members = entries.map((entry, i) => {
    const inode = i + 1;
    switch (entry.kind) {
      case "folder":
        return member(entry.path, inode, MODE.folder, NOTHING, 2, NO_DEVICE);
      case "file":
        return member(entry.path, inode, entry.executable === true ? MODE.executable : MODE.file, entry.content, 1, NO_DEVICE);
      case "link":
        return member(entry.path, inode, MODE.link, Buffer.from(entry.to), 1, NO_DEVICE);
      case "device":
        return member(entry.path, inode, MODE.device, NOTHING, 1, [entry.major, entry.minor]);
    }
  });
  return Buffer.concat([...members, member(TRAILER, 0, 0, NOTHING, 1, NO_DEVICE)]);
}
