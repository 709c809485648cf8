export type {
  AffinityState, DeviceTreeOptions, Firmware, FirmwareHost, GenericTimers, GenericTimersOptions, GicV2, GicV2Options, Ignored, ImageCode, ImageFormat,
  KernelImage, LoadImage, LoadImageOptions, MapDevice, MemoryMap, MmioDevice, PlaceCode, PlaceImage, Placement, PlaceOptions, PsciMethod, Saved, Segment,
  SystemRegisters, Uart, UartOptions,
} from "./contract.ts";
