export type {
  AffinityState, DeviceTreeOptions, Firmware, FirmwareHost, GenericTimers, GenericTimersOptions, GicV2, GicV2Options, Ignored, ImageCode, ImageFormat,
  KernelImage, LoadImageOptions, MapDevice, MemoryMap, MmioDevice, PlaceCode, Placement, PlaceOptions, PsciMethod, Saved, Segment,
  SystemRegisters, Uart, UartOptions,
} from "./contract.ts";
export { createGicV2 } from "./gic/gicV2.ts";
export { createGicV3, type GicV3 } from "./gic/gicV3.ts";
export { createGenericTimers, DEFAULT_FREQUENCY, PHYSICAL_TIMER_INTID, VIRTUAL_TIMER_INTID } from "./timer/genericTimers.ts";
export { createSystemRegisters, type SystemRegistersOptions } from "./system/systemRegisters.ts";
export { createFirmware, type FirmwareOptions } from "./firmware/smccc.ts";
export { createPl011, type Pl011Options } from "./uart/pl011.ts";
export { VIRT_MAP, XEN_GUEST_MAP } from "./board/maps.ts";
export { buildDeviceTree, deviceTreeSource } from "./board/deviceTree.ts";
export { loadImage, parseImage } from "./image/loadImage.ts";
export { checkPageSize, placeImage } from "./image/placeImage.ts";
export { type BootPiece, type BootPlan, planBoot, type PlanBootOptions } from "./image/planBoot.ts";
