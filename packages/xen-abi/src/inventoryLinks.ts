// TABLE: rows of the inventory and the descriptors' fields that they are about.
/** Where the rows of the inventory are in this project's ABI v1, and what stands for them in ABI v2. A row without v2 is not part of it (yet). */
import type { V1Field, V2Field } from "./inventory.ts";

export interface InventoryLink {
  readonly v1: readonly V1Field[];
  readonly v2: readonly V2Field[];
}
const link = (v1: readonly V1Field[], v2: readonly V2Field[]): InventoryLink => ({ v1, v2 });

export const INVENTORY_LINKS: Readonly<Record<string, InventoryLink>> = {
  M01: link(["increase_reservation.extent_start"], []),
  M02: link(["decrease_reservation.extent_start"], ["release.extent", "accumulate.extent"]),
  M03: link(["populate_physmap.extent_start"], ["populate.extent"]),
  M05: link(["populate_physmap.nr_extents", "populate_physmap.start", "populate_physmap.ret", "decrease_reservation.nr_extents", "decrease_reservation.start", "decrease_reservation.ret", "increase_reservation.nr_extents", "increase_reservation.start", "increase_reservation.ret"], ["accumulate.freed", "query.list_limit"]),
  M06: link(["populate_physmap.extent_order", "decrease_reservation.extent_order", "increase_reservation.extent_order"], ["populate.extent", "release.extent"]),
  M07: link(["exchange.in_start", "exchange.in_order", "exchange.out_order"], []),
  M08: link(["maximum_ram_page.ret"], []),
  M09: link(["current_reservation.ret"], ["query.current_bytes"]),
  M10: link(["maximum_reservation.ret"], ["query.maximum_bytes"]),
  M11: link(["maximum_gpfn.ret"], ["query.ipa_limit"]),
  M12: link(["add_to_physmap.idx"], ["place.offset", "place.object"]),
  M13: link(["add_to_physmap.idx"], ["place.offset", "query.shared_info_size"]),
  M15: link(["add_to_physmap_batch.idxs", "add_to_physmap_batch.gpfns"], []),
  M17: link(["add_to_physmap.gpfn"], ["place.address", "place.size"]),
  M18: link(["add_to_physmap.size"], []),
  M19: link(["add_to_physmap_batch.size", "add_to_physmap_batch.gpfns", "add_to_physmap_batch.errs"], []),
  M20: link(["remove_from_physmap.gpfn"], ["remove.address", "remove.size"]),
  M23: link(["get_sharing_freed_pages.ret", "get_sharing_shared_pages.ret"], []),
  M28: link(["acquire_resource.nr_frames", "acquire_resource.frame", "acquire_resource.frame_list"], []),
  V01: link(["register_vcpu_info.mfn", "register_vcpu_info.offset"], ["register_vcpu_info.area"]),
  V02: link(["register_vcpu_info.offset"], ["register_vcpu_info.area"]),
  V03: link(["register_runstate_memory_area.addr"], ["register_runstate.area"]),
  V05: link([], ["register_runstate.area"]),
  G04: link(["grant_query_size.nr_frames"], ["grant_query_table.v1_entries", "grant_query_table.v2_entries", "grant_query_table.v2_bytes"]),
  G05: link(["grant_setup_table.nr_frames", "grant_setup_table.frame_list"], ["place.offset", "place.size"]),
  G06: link(["grant_get_status_frames.nr_frames", "grant_get_status_frames.frame_list"], []),
  G07: link(["grant_query_size.nr_frames", "grant_query_size.max_nr_frames"], ["grant_query_table.v1_entries", "grant_query_table.v1_limit", "grant_query_table.v2_entries", "grant_query_table.v2_limit", "query.grant_table_limit", "query.grant_entries"]),
  G08: link(["grant_map_grant_ref.host_addr"], ["grant_map.address", "grant_map.size"]),
  G09: link(["grant_map_grant_ref.dev_bus_addr"], []),
  G10: link(["grant_unmap_grant_ref.host_addr", "grant_unmap_grant_ref.dev_bus_addr"], ["grant_unmap.handle"]),
  G11: link(["grant_unmap_and_replace.host_addr"], []),
  G13: link(["grant_copy.source_u", "grant_copy.source_u_high", "grant_copy.dest_u", "grant_copy.dest_u_high"], ["grant_copy.source", "grant_copy.dest"]),
  G14: link(["grant_copy.source_offset", "grant_copy.dest_offset", "grant_copy.len"], ["grant_copy.source", "grant_copy.dest", "grant_copy.length"]),
  G18: link(["grant_copy.status"], ["grant_copy.status", "grant_map.status"]),
  G19: link(["grant_map_grant_ref.ref"], ["grant_map.ref", "grant_map.granted"]),
  E01: link(["event_init_control.control_gfn", "event_init_control.offset"], ["event_init_fifo.control"]),
  E02: link(["event_init_control.offset"], ["event_init_fifo.control"]),
  E03: link(["event_expand_array.array_gfn"], ["event_expand_fifo.address", "event_expand_fifo.size"]),
  E04: link(["event_expand_array.array_gfn"], ["event_expand_fifo.size"]),
  S01: link(["add_to_physmap.gpfn"], ["place.object", "query.shared_info_size"]),
  S02: link(["hvm_get_param.value"], ["get_param.value"]),
  S03: link(["hvm_get_param.value"], ["get_param.value"]),
  H01: link(["hvm_get_param.value", "hvm_set_param.value"], ["get_param.value"]),
  H02: link(["hvm_get_param.value", "hvm_set_param.value"], ["get_param.value"]),
  P10: link(["xenver_pagesize.ret"], ["query.alignment", "query.stage2_sizes"]),
};
