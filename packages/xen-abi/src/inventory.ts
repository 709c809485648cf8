// TABLE: 172 places.
/**
 * Every place in Xen's public interfaces that has a frame number, an order, a page-sized structure or an implied 4096,
 * with the form that a byte-based ABI gives it. Sources: xen/include/public and docs/misc of Xen 4.22, Linux 6.12
 * (include/xen, drivers/xen); each section names its header.
 */
import type { V1 } from "./v1/all.ts";
import type { V2 } from "./v2/all.ts";
import { INVENTORY_LINKS } from "./inventoryLinks.ts";

/** G: any guest kernel on Arm. D: a pair of PV drivers, a back-end or device-model domain on Arm. T: toolstack or hardware domain on Arm. X: x86 or PV only. */
export type Reach = "G" | "D" | "T" | "X";
/**
 * P2M: changes stage 2, and needs the hypervisor's granule. ACC: bytes are only read or written, alignment is enough.
 * SHR: a unit that two domains share and must agree on. CNT: a count or size in frames. RET: a frame number handed back.
 * LAY: a layout or limit derived from 4096. OK: in bytes already.
 */
export type InventoryClass = "P2M" | "ACC" | "SHR" | "CNT" | "RET" | "LAY" | "OK";

type FieldsOf<T extends Readonly<Record<string, { readonly fields: object }>>> = { [K in keyof T & string]: `${K}.${keyof T[K]["fields"] & string}` }[keyof T & string];
/** "call.field" of a descriptor. */
export type V1Field = FieldsOf<typeof V1>;
export type V2Field = FieldsOf<typeof V2>;

export interface InventoryRow {
  /** Letter of the section and number; never reused. */
  readonly id: string;
  readonly section: string;
  /** Operation, structure or key, and the field. */
  readonly field: string;
  readonly reach: Reach;
  readonly class: InventoryClass;
  /** What it is in Xen. */
  readonly today: string;
  /** Its form in bytes. ADDR(a): 64-bit byte address aligned to a. RANGE: ADDR and BYTES, multiples of G. EXTENT: ADDR whose low bits are log2 of the size. U: the unit a pair agreed on. */
  readonly bytes: string;
  /** Fields of this project's v1 and v2 descriptors that the row is about. */
  readonly v1: readonly V1Field[];
  readonly v2: readonly V2Field[];
}

type Place = readonly [id: string, field: string, reach: Reach, kind: InventoryClass, today: string, bytes: string];
const section = (name: string, places: readonly Place[]): readonly InventoryRow[] =>
  places.map(([id, field, reach, kind, today, bytes]) => ({ id, section: name, field, reach, class: kind, today, bytes, v1: INVENTORY_LINKS[id]?.v1 ?? [], v2: INVENTORY_LINKS[id]?.v2 ?? [] }));

/** The rows, by section. */
export const INVENTORY: readonly InventoryRow[] = /* @__PURE__ */ Object.freeze([
  ...section("memory_op (memory.h)", [
    ["M01", "increase_reservation: extent_start[]", "T", "RET", "OUT: machine frame bases", "ADDR(G) array, or drop for translated guests"],
    ["M02", "decrease_reservation: extent_start[]", "G", "P2M", "IN: gfn bases to give back; each 4K<<order", "array of EXTENT, each a multiple of G"],
    ["M03", "populate_physmap: extent_start[]", "G", "P2M", "IN gfn bases, OUT frames overwritten in place", "array of EXTENT; nothing is written back"],
    ["M04", "claim_pages: nr_extents << extent_order", "T", "CNT", "total 4K pages (not incremental)", "BYTES (multiple of host granule)"],
    ["M05", "xen_memory_reservation.nr_extents", "G", "CNT", "number of list entries; return value = entries done (partial success)", "keep as entry count; return BYTES or entries, named"],
    ["M06", "xen_memory_reservation.extent_order", "G", "CNT", "log2 of 4K pages; capped per role by memop-max-order", "replaced by the size bits of EXTENT"],
    ["M07", "exchange in/out", "X", "P2M", "PV only", "none"],
    ["M08", "maximum_ram_page (return)", "T", "RET", "highest machine frame", "BYTES (top address + 1)"],
    ["M09", "current_reservation (return)", "G", "CNT", "pages of 4K", "BYTES"],
    ["M10", "maximum_reservation (return)", "G", "CNT", "pages of 4K", "BYTES"],
    ["M11", "maximum_gpfn (return)", "G", "RET", "highest gfn", "ADDR (exclusive top)"],
    ["M12", "add_to_physmap space=grant_table: idx", "G", "P2M", "index of a 4K table frame; bit 31 selects status frames (metadata in a high bit, XENMAPIDX_grant_table_status)", "byte offset into the table + low-bit selector"],
    ["M13", "add_to_physmap space=shared_info: idx", "G", "P2M", "must be 0; one 4K frame appears", "fixed object size reported by query; ADDR(G) target"],
    ["M14", "add_to_physmap space=gmfn / gmfn_range: idx", "X", "P2M", "source gfn; not implemented on Arm (-ENOSYS)", "RANGE move op if ever needed"],
    ["M15", "add_to_physmap_batch space=gmfn_foreign: idxs[]", "D", "P2M", "foreign domain gfn, one 4K frame each, takes a reference", "array of foreign RANGE; multiple of G; foreign domain's own granule irrelevant"],
    ["M16", "add_to_physmap space=dev_mmio: idx", "T", "P2M", "machine frame of MMIO; hardware domain", "RANGE of device bytes, rounded by nobody: reject if not G-aligned"],
    ["M17", "add_to_physmap.gpfn", "G", "P2M", "destination 4K gfn", "ADDR(G)"],
    ["M18", "add_to_physmap.size", "X", "CNT", "uint16 page count for gmfn_range", "BYTES"],
    ["M19", "add_to_physmap_batch.size, gpfns[], errs[]", "D", "P2M", "uint16 entries (max 65535), per-entry errno", "32-bit count; arrays of ADDR(G); keep per-entry status"],
    ["M20", "remove_from_physmap.gpfn", "G", "P2M", "unmap one 4K gfn", "RANGE"],
    ["M21", "memory_map / machine_memory_map / set_memory_map", "X", "OK", "e820 entries in bytes", "precedent"],
    ["M22", "pod_target {target,tot,pod_cache}_pages, pod_entries", "X", "CNT", "4K pages", "BYTES"],
    ["M23", "get_sharing_{freed,shared}_pages", "X", "CNT", "4K pages", "BYTES"],
    ["M24", "paging_op.gfn", "X", "P2M", "4K gfn", "ADDR(G)"],
    ["M25", "access_op.pfn, .nr, .pfn_list", "T", "P2M", "stage-2 permission per 4K frame; ~0 = default; implemented on Arm", "RANGE list; permission unit is G"],
    ["M26", "sharing_op gfn/mfn fields (8)", "X", "P2M", "4K", "RANGE"],
    ["M27", "reserved_device_memory.start_pfn/.nr_pages", "X", "RET", "4K", "RANGE"],
    ["M28", "acquire_resource.nr_frames/.frame/.frame_list", "D", "P2M", "index, count and target gfns of a Xen-owned resource in 4K frames", "byte offset + BYTES + ADDR(G) list; size query returns BYTES"],
    ["M29", "acquire_resource ioreq frame numbering (0 buffered, 1+n sync)", "D", "LAY", "object = one frame", "named objects with byte sizes"],
    ["M30", "get_vnumainfo vmemrange.start/.end", "G", "OK", "byte addresses", "precedent"],
    ["M31", "machphys_mfn_list / mapping / compat list", "X", "RET", "frames of 2 MiB extents", "none"],
  ]),
  ...section("vcpu_op (vcpu.h)", [
    ["V01", "register_vcpu_info.mfn + .offset", "G", "ACC", "64-bit gfn + 32-bit offset; Xen adds the offset to the frame and checks it round-trips; once per vCPU (-EBUSY)", "single ADDR(8); length from query"],
    ["V02", "rule \"must not cross a page boundary\"", "G", "ACC", "page = Xen's 4K", "aligned to the next power of two of its size, so that it crosses no boundary of any granule"],
    ["V03", "register_runstate_memory_area.addr", "G", "ACC", "guest virtual address on Arm; may straddle; translated later", "ADDR(8), physical"],
    ["V04", "register_vcpu_time_memory_area", "X", "ACC", "VA", "ADDR(8)"],
    ["V05", "register_runstate_phys_area.addr.p", "G", "ACC", "byte GPA, ~0 unregisters, no page crossing; feature bit set on Arm but op not dispatched", "the right shape: a byte address"],
    ["V06", "register_vcpu_time_phys_area.addr.p", "X", "ACC", "byte GPA, ~0 unregisters", "precedent"],
  ]),
  ...section("grant_table_op and the table itself (grant_table.h)", [
    ["G01", "grant_entry_v1.frame (uint32)", "G", "SHR", "one 4K gfn; 16 TiB ceiling; the only form on Arm", "cannot hold a byte address: new entry format {flags, domid, ADDR(4K min)+log2 size}"],
    ["G02", "grant_entry_v2.full_page.frame (uint64)", "X", "SHR", "one 4K gfn", "ADDR(4K) with size bits fits the 64-bit field"],
    ["G03", "grant_entry_v2.sub_page.{frame,page_off,length}", "X", "SHR", "uint16 offset and length inside 4K; copy-only", "byte ADDR + 32-bit length"],
    ["G04", "table geometry", "G", "LAY", "4K frame = 512 v1 entries, 256 v2 entries, 2048 status words", "table as one byte range; growth in BYTES"],
    ["G05", "setup_table.nr_frames + frame_list[]", "G", "RET", "number of 4K table frames; gfns written back", "BYTES + ADDR list, or pre-placed region from query"],
    ["G06", "get_status_frames.nr_frames + frame_list[]", "X", "RET", "v2 only", "BYTES + ADDR list, or pre-placed region from the query"],
    ["G07", "query_size.nr_frames/.max_nr_frames", "G", "CNT", "4K frames", "entries and BYTES, both"],
    ["G08", "map_grant_ref.host_addr", "D", "P2M", "byte GPA of the target, low 12 bits ignored on Arm; maps exactly one 4K", "ADDR(G); at G = 64 KiB one 4096-byte grant cannot be mapped without exposing its neighbours"],
    ["G09", "map_grant_ref.dev_bus_addr (OUT)", "D", "RET", "machine byte address", "keep, unit-free"],
    ["G10", "unmap_grant_ref.host_addr/.dev_bus_addr", "D", "P2M", "must match the map", "handle alone should suffice"],
    ["G11", "unmap_and_replace.host_addr/.new_addr", "D", "P2M", "4K swap", "ADDR(G) pair"],
    ["G12", "transfer.mfn", "X", "P2M", "PV only", "none"],
    ["G13", "copy.{source,dest}.u.gmfn", "D", "ACC", "4K frame of the caller's domain", "byte ADDR (no alignment needed)"],
    ["G14", "copy.offset, copy.len (uint16)", "D", "LAY", "offset+len must stay within 4096; 65536 not representable", "32-bit length, may span U"],
    ["G15", "cache_flush.a.dev_bus_addr", "D", "OK", "machine byte address (Arm only since 4.21)", "keep; GREF form is unimplemented (-EOPNOTSUPP)"],
    ["G16", "cache_flush.offset/.length (uint16)", "D", "LAY", "within 4096; Linux splits per 4K", "32-bit BYTES"],
    ["G17", "accept_transfer / transfer_completed frame", "X", "P2M", "PV", "none"],
    ["G18", "GNTST_bad_copy_arg / bad_page / address_too_big", "G", "LAY", "status means \"crosses the page\" / \"too big frame\"", "statuses of their own: bad_granule, and errno for alignment"],
    ["G19", "one reference == one frame", "G", "SHR", "map op has no length; all protocols inherit it", "reference carries its size; map returns it"],
  ]),
  ...section("event_channel_op (event_channel.h)", [
    ["E01", "init_control.control_gfn + .offset", "G", "ACC", "gfn + 32-bit offset, 8-byte aligned", "ADDR(8)"],
    ["E02", "control block (72 bytes) must not cross the page", "G", "LAY", "4096-72 bound", "72 bytes aligned to 128, so that it crosses no boundary of any granule"],
    ["E03", "expand_array.array_gfn", "G", "ACC", "one 4K page = 1024 event words per call", "ADDR(4) + BYTES"],
    ["E04", "array page count", "G", "LAY", "2^17 ports / 1024 = 128 calls", "one RANGE"],
    ["E05", "two-level ABI bitmaps in shared_info", "G", "LAY", "64x64 = 4096 ports fixed by xen_ulong and by fitting in one page", "drop in v2 (FIFO only) or explicit sizes"],
  ]),
  ...section("structures that occupy \"a page\"", [
    ["S01", "shared_info", "G", "P2M", "alone in one frame, roughly 1.1 KiB used on Arm; other 3 KiB of a Xen heap frame exposed; 63 KiB of neighbours if G=64K and the allocator is not changed", "object with declared size; allocator must give a whole G"],
    ["S02", "xenstore ring (xs_wire.h, docs/misc/xenstore-ring.txt)", "G", "SHR", "doc says single 4KiB page; ~2.1 KiB used, 1024+1024 data", "place by ADDR; sizes already fixed in bytes"],
    ["S03", "console ring (io/console.h)", "G", "SHR", "1024 in + 2048 out + indices", "place by ADDR; sizes already fixed in bytes"],
    ["S04", "shared_iopage / buffered_iopage", "D", "LAY", "511 slots x 8 + 8 = 4096 exactly", "slot count from query"],
    ["S05", "vm_event ring", "T", "SHR", "one page", "BYTES"],
    ["S06", "vpl011 ring", "T", "SHR", "one page between Xen and xenconsoled", "ADDR"],
  ]),
  ...section("HVM params, hvm_op, dm_op", [
    ["H01", "HVM_PARAM_STORE_PFN", "G", "RET", "4K frame number", "*_ADDR param (bytes)"],
    ["H02", "HVM_PARAM_CONSOLE_PFN", "G", "RET", "4K frame number", "*_ADDR"],
    ["H03", "HVM_PARAM_MONITOR_RING_PFN", "T", "RET", "frame", "*_ADDR"],
    ["H04", "IOREQ_PFN, BUFIOREQ_PFN, IOREQ_SERVER_PFN, NR_IOREQ_SERVER_PAGES", "X", "RET", "frames", "RANGE"],
    ["H05", "PAGING_RING_PFN, SHARING_RING_PFN", "X", "RET", "frames", "ADDR"],
    ["H06", "IDENT_PT, VM86_TSS(_SIZED)", "X", "OK", "byte addresses", "precedent"],
    ["H07", "VM_GENERATION_ID_ADDR", "X", "OK", "byte address in a param named ADDR", "precedent for H01/H02 naming"],
    ["O01", "HVMOP_get_mem_type.pfn", "X", "ACC", "frame", "ADDR"],
    ["O02", "altp2m fields (gfn x4, first/last/first_error_gfn, old/new_gfn, pfn_list, nr)", "X", "P2M", "frames", "RANGE"],
    ["O03", "pagetable_dying.gpa", "X", "OK", "bytes", "precedent"],
    ["D01", "dm_op get_ioreq_server_info.ioreq_gfn/.bufioreq_gfn", "D", "RET", "frames (legacy; acquire_resource preferred)", "ADDR"],
    ["D02", "dm_op (un)map_io_range start/end", "D", "OK", "bytes for MMIO", "precedent"],
    ["D03", "track_dirty_vram first_pfn/nr + bitmap", "X", "LAY", "one bit per 4K", "bitmap unit field"],
    ["D04", "modified_memory extents", "X", "CNT", "4K frames", "RANGE"],
    ["D05", "set_mem_type first_pfn/nr", "X", "P2M", "frames", "RANGE"],
    ["D06", "relocate_memory src/dst/size", "X", "P2M", "frames", "RANGE"],
    ["D07", "pin_memory_cacheattr start/end", "X", "P2M", "frames", "RANGE"],
  ]),
  ...section("argo, physdev, platform, PV leftovers, version, buffers", [
    ["A01", "argo register_ring arg2 gfn[]", "G", "ACC", "u64 gfns; header states 4K only", "ADDR list or RANGE"],
    ["A02", "argo register_ring arg3 npages", "G", "CNT", "<= 4096 (16 MiB)", "BYTES"],
    ["A03", "argo ring length vs pages", "G", "LAY", "len rounded up to PAGE_SIZE must equal npages", "BYTES only"],
    ["P01", "physdev pirq_eoi_gmfn v1/v2", "X", "ACC", "frame", "ADDR"],
    ["P02", "platform add/read_memtype mfn,nr_mfns", "X", "P2M", "frames", "RANGE"],
    ["P03", "platform mem_hotadd spfn,epfn", "X", "CNT", "frames", "RANGE"],
    ["P04", "sched_op suspend: start_info MFN in a register", "X", "RET", "frame", "none"],
    ["P05", "kexec segments", "X", "OK", "bytes", "precedent"],
    ["P06", "mmu_update / mmuext_op mfn, src_mfn", "X", "P2M", "frames", "none"],
    ["P07", "start_info nr_pages, store_mfn, console.mfn, first_p2m_pfn, nr_p2m_frames...", "X", "RET", "frames; not given to Arm guests", "none"],
    ["P08", "arch_shared_info p2m lists, gdt_frames", "X", "RET", "frames", "none"],
    ["P09", "xenpmu params val (gmfn)", "X", "ACC", "frame", "ADDR"],
    ["P10", "XENVER_pagesize (return)", "G", "RET", "Xen PAGE_SIZE; 0 if denied", "superseded by the query: A and the mask of stage 2 sizes"],
    ["P11", "every XEN_GUEST_HANDLE buffer", "G", "ACC", "guest VA; Xen copies in <=4K steps; must be Normal WB inner-shareable", "ADDR(natural) physical, S/G list unit stated"],
  ]),
  ...section("vm_event and trace", [
    ["T01", "vm_event gfn fields (mem_access gfn+offset, singlestep, debug, paging, sharing)", "T", "RET", "4K frame + byte offset", "one byte address"],
    ["T02", "trace t_info.tbuf_size (pages), mfn_offset[] lists", "T", "CNT", "4K pages, MFN lists", "BYTES + ADDR"],
  ]),
  ...section("domctl / sysctl (unstable, toolstack only)", [
    ["C01", "createdomain.max_grant_frames", "T", "CNT", "4K frames (512 refs each)", "entries"],
    ["C02", "createdomain.max_maptrack_frames", "T", "CNT", "frames of tracking records", "entries"],
    ["C03", "getdomaininfo tot/max/outstanding/shr/paged_pages", "T", "CNT", "4K pages (5 fields)", "BYTES"],
    ["C04", "getdomaininfo.shared_info_frame", "T", "RET", "frame", "ADDR"],
    ["C05", "getpageframeinfo3.array", "X", "RET", "frame + type bits 28-31", "ADDR + type"],
    ["C06", "shadow_op.dirty_bitmap/.pages", "X", "LAY", "bit per 4K", "unit field"],
    ["C07", "shadow_op.mb", "X", "CNT", "MiB", "superseded"],
    ["C08", "max_mem.max_memkb", "T", "OK", "KiB", "precedent"],
    ["C09", "iomem_permission.first_mfn/.nr_mfns", "T", "CNT", "frames", "RANGE"],
    ["C10", "memory_mapping.first_gfn/.first_mfn/.nr_mfns", "T", "P2M", "frames, partial success", "RANGE pair"],
    ["C11", "hypercall_init.gmfn", "X", "ACC", "frame", "none"],
    ["C12", "cacheflush.start_pfn/.nr_pfns", "T", "ACC", "Arm only", "RANGE (cache-line aligned is enough)"],
    ["C13", "set_broken_page_p2m.pfn", "X", "P2M", "frame", "ADDR"],
    ["C14", "vuart_op.gfn", "T", "RET", "Arm vpl011 ring", "ADDR"],
    ["C15", "get/set_paging_mempool_size", "T", "OK", "bytes, comment admits an implementation-specific minimum granularity", "best in-tree precedent for BYTES + discovered granule"],
    ["C16", "createdomain.vmtrace_size", "X", "OK", "bytes (changed from order after review)", "precedent"],
    ["C17", "setvnumainfo ranges", "T", "OK", "bytes", "precedent"],
    ["C18", "bind_pt_irq.msi.gtable", "X", "OK", "byte address", "precedent"],
    ["C19", "getdomaininfo.gpaddr_bits", "T", "OK", "guest PA width", "precedent for per-domain capability reporting"],
    ["Y01", "physinfo total/free/scrub/outstanding_pages", "T", "CNT", "4K pages (4 fields)", "BYTES"],
    ["Y02", "physinfo.max_mfn", "T", "RET", "frame", "ADDR"],
    ["Y03", "tbuf_op.buffer_mfn/.size", "T", "RET", "frame, pages", "RANGE"],
    ["Y04", "numainfo memsize/memfree", "T", "OK", "bytes", "precedent"],
    ["Y05", "page_offline_op.start/.end (uint32)", "X", "CNT", "32-bit frames", "RANGE"],
  ]),
  ...section("xenstore, device tree, ACPI, streams, firmware mediators", [
    ["X01", "XS_INTRODUCE <domid> <gfn> <evtchn>", "T", "RET", "ASCII decimal gfn; must agree with reserved grant 1", "byte address string, or drop in favour of grant"],
    ["X02", "~/store/ring-ref, ~/console/ring-ref", "T", "RET", "frame numbers under a key named ring-ref; docs call store/ring-ref a GNTREF and deprecated", "rename + bytes"],
    ["X03", "memory/target, static-max, videoram", "G", "OK", "KiB", "precedent; add memory/granule"],
    ["X04", "XENSTORE_PAYLOAD_MAX 4096", "G", "LAY", "same number, unrelated to pages", "say so"],
    ["X05", "DT hypervisor reg[0]", "G", "P2M", "must hold max_grant_frames x 4K; 16 MiB default window at 0x38000000", "base aligned to 64K (is), size in bytes; add granule property"],
    ["X06", "DT hypervisor reg[1..N] extended regions", "G", "P2M", "2 MiB aligned, >= 64 MiB", "already granule-safe"],
    ["X07", "ACPI XENV grant table region", "G", "OK", "address + size in bytes, optional", "precedent"],
    ["X08", "arch-arm.h guest layout constants", "T", "LAY", "magic pages at base + n*4K; GICD/GICC/PL011 4K neighbours", "64K spacing"],
    ["X09", "xen,uefi-mmap", "G", "LAY", "UEFI pages are 4K by UEFI rule", "n/a"],
    ["X10", "migration stream: Domain Header page_shift, PFN lists (52 bits + type), page_data, p2m frames", "T", "LAY", "page_shift field exists: in-tree precedent for naming the granule", "carry U and G"],
    ["X11", "xen,grant-dma IOVA (Linux grant-dma-ops)", "G", "SHR", "bit 63 + gref<<12 + offset", "unit from binding property"],
    ["X12", "HVM_INFO_PFN", "X", "LAY", "4K", "none"],
    ["X13", "FF-A mediator: RXTX_MAP page_count, constituent page_count", "G", "LAY", "4K by FF-A spec; Xen reports min size code 00", "out of scope, model as constant"],
    ["X14", "OP-TEE mediator non-contiguous lists", "G", "LAY", "4K", "constant"],
  ]),
  ...section("PV protocols (io/*.h)", [
    ["B01", "ring.h generic rings", "D", "SHR", "slot count = largest power of two fitting the size *each side passes in*; a PAGE_SIZE/4096 disagreement changes the index mask silently", "ring bytes in xenstore, both sides check"],
    ["B02", "XEN_PAGE_SHIFT, FLEX ring order", "D", "SHR", "4K<<order, half in/half out", "BYTES"],
    ["B03", "blkif ring-ref", "D", "SHR", "one 4K page = 32 requests", "ring size in bytes"],
    ["B04", "blkif ring-page-order/max-ring-page-order, num-ring-pages/max-ring-pages", "D", "SHR", "defined in \"machine pages\" (ambiguous on Arm); two dialects", "ring-size in bytes"],
    ["B05", "blkif segment gref + first_sect/last_sect (uint8, 512 B units)", "D", "SHR", "0..7 inside 4K; the wire can express up to 256 sectors = 128 KiB per reference, so 16K/64K units need no format change", "allow up to U/512 once negotiated"],
    ["B06", "BLKIF_MAX_SEGMENTS_PER_REQUEST 11", "D", "LAY", "chosen from page size; 44 KiB per request", "n x U"],
    ["B07", "blkif indirect_grefs[8], feature-max-indirect-segments", "D", "SHR", "indirect page = 512 segments (8 bytes each); 8 pages -> 4096 segments; each segment 4K", "indirect page = U"],
    ["B08", "persistent grant quota", "D", "CNT", "counted in references", "counted in bytes"],
    ["B09", "netif tx/rx-ring-ref per queue", "D", "SHR", "one 4K page each = 256 slots", "ring bytes"],
    ["B10", "netif ctrl-ring-ref", "D", "SHR", "one page", "ring size in bytes"],
    ["B11", "netif tx offset/size (uint16)", "D", "LAY", "offset fits 64K-1; size 65535 max", "ok for U<=64K except a full 65536"],
    ["B12", "netif rx: one buffer page per slot, response offset", "D", "SHR", "4K; 64K Linux rx page pool still grants 4K", "rx-buffer-size key"],
    ["B13", "netif slots per packet (17/18 from 64 KiB/4 KiB)", "D", "LAY", "min 18 slots", "64 KiB/U + 2"],
    ["B14", "netif ctrl hash key/mapping/gref-mapping lists", "D", "SHR", "one reference each", "length field"],
    ["B15", "extra PV consoles", "D", "SHR", "page + ring-ref", "ring size in bytes"],
    ["B16", "9pfs max-ring-page-order, ring_order, ref[]", "D", "SHR", "4K<<order; index page holds <= 991 refs so order <= 9", "BYTES"],
    ["B17", "pvcalls max-page-order, command ring, indexes page", "D", "SHR", "4K<<order, half in, half out; indexes in a page of its own", "BYTES"],
    ["B18", "sndif page directory, event page", "D", "SHR", "XEN_PAGE_SIZE, 1023 refs per directory page", "U"],
    ["B19", "displif page directory, event page 4096", "D", "SHR", "XEN_PAGE_SIZE; buffers via the directory", "U"],
    ["B20", "cameraif", "D", "SHR", "XEN_PAGE_SIZE, page directories", "U"],
    ["B21", "kbdif page-ref (PFN) / page-gref", "D", "SHR", "rings end exactly at 4096 (1024+2048+1024)", "gref only"],
    ["B22", "fbif page-ref (PFN), pd[256]", "D", "SHR", "frame numbers of directory pages of frame numbers, 4096/long each; on 64-bit pd[] overlaps the ring area after ~123 entries", "none: frame numbers of frame numbers"],
    ["B23", "vscsiif ring, seg offset/length uint16, SG_PER_PAGE", "D", "SHR", "4096 constant, 252-byte slots", "32-bit lengths; 65536 is not representable in 16 bits"],
    ["B24", "usbif two rings, USBIF_RING_SIZE 4096, seg uint16", "D", "SHR", "16 segments x 4K", "32-bit lengths; 65536 is not representable in 16 bits"],
    ["B25", "pciif shared page, SH_INFO_MAX_VEC 128", "D", "LAY", "from page size", "-"],
    ["B26", "tpmif v2 extra_pages; v1 machine address", "D", "SHR", "packet continues in next granted page", "U"],
    ["B27", "libxenvchan left/right_order", "D", "SHR", "10/11 inside page, >=12 -> 2^(n-12) refs", "unit 12 fixed: document"],
    ["B28", "fsif", "D", "SHR", "obsolete", "none"],
    ["B29", "protocol key (protocols.h: x86_32/x86_64/arm-abi)", "D", "SHR", "existing layout negotiation, no granule dimension; arm32 and arm64 share one name", "natural place for a unit suffix or a sibling key"],
  ]),
  ...section("libraries and kernel interfaces that repeat the constant", [
    ["L01", "XC_PAGE_SHIFT 12 (tools/include/xenctrl.h)", "T", "LAY", "stable libs include it", "query"],
    ["L02", "libxengnttab map(count)", "D", "SHR", "mmap length 4096*count", "BYTES"],
    ["L03", "libxenforeignmemory map(pfn[])", "D", "P2M", "4K list", "ADDR list"],
    ["L04", "Linux privcmd/gntdev/gntalloc ioctls", "D", "SHR", "index stride = kernel PAGE_SIZE while lib uses 4096", "bytes"],
    ["L05", "libxendevicemodel extents", "D", "CNT", "frames of 4096 bytes", "RANGE"],
  ]),
]);
