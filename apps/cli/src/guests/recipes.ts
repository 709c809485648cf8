/**
 * What guests are made from: one row a kernel, and what goes with every kernel. A change of anything here, or of
 * `guests/`, is another hash.
 */
import type { GranuleName } from "@granule/units";

/** Debian's suite that kernels, busybox and compiler headers are taken from. */
export const SUITE = "bookworm";
export const KERNEL_SOURCE = "linux-source-6.1";
/** The archive of sources in that package, and the folder in the archive. */
export const KERNEL_TARBALL = `usr/src/${KERNEL_SOURCE}.tar.xz`;

interface KernelRecipe {
  readonly granule: GranuleName;
  /** Lines of configuration beside `guests/kernel.config`: page size and width of virtual addresses. */
  readonly config: readonly string[];
}

/** Linux, arch/arm64/Kconfig: what "Page size" and "Virtual address space size" offer together. */
export const KERNELS: readonly KernelRecipe[] = [
  { granule: "4k", config: ["CONFIG_ARM64_4K_PAGES=y", "CONFIG_ARM64_VA_BITS_39=y"] },
  { granule: "16k", config: ["CONFIG_ARM64_16K_PAGES=y", "CONFIG_ARM64_VA_BITS_47=y"] },
  { granule: "64k", config: ["CONFIG_ARM64_64K_PAGES=y", "CONFIG_ARM64_VA_BITS_42=y"] },
];

/** Surroundings of a kernel's build: the same sources, tools and configuration give the same bytes anywhere. */
export const KERNEL_ENV = {
  ARCH: "arm64", CROSS_COMPILE: "aarch64-linux-gnu-", KBUILD_BUILD_USER: "granule", KBUILD_BUILD_HOST: "granule", KBUILD_BUILD_TIMESTAMP: "2026-01-01", KBUILD_BUILD_VERSION: "1",
} as const;

/** A kernel of Debian's own. */
interface DebianKernel {
  readonly granule: GranuleName;
  readonly suite: string;
  /** The metapackage that depends on the newest. */
  readonly metapackage: string;
  readonly depends: RegExp;
}
/** Debian has none with 64K pages. */
export const DEBIAN_KERNELS: readonly DebianKernel[] = [
  { granule: "4k", suite: "bookworm", metapackage: "linux-image-cloud-arm64", depends: /^linux-image-\d.*-cloud-arm64$/ },
  { granule: "16k", suite: "trixie", metapackage: "linux-image-arm64-16k", depends: /^linux-image-\d.*-arm64-16k$/ },
];
