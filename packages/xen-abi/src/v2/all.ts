// TABLE: every hypercall of ABI v2.
/** Every descriptor of ABI v2 by name. */
import * as memory from "./memory.ts";
import * as events from "./events.ts";
import * as grants from "./grants.ts";

/** The hypercalls of ABI v2; the key is the name in this project, `name` the header's. */
export const V2 = /* @__PURE__ */ Object.freeze({
  query: memory.query,
  release: memory.release,
  populate: memory.populate,
  accumulate: memory.accumulate,
  place: memory.place,
  remove: memory.remove,
  register_vcpu_info: memory.register_vcpu_info_v2,
  register_runstate: memory.register_runstate_v2,
  unregister_areas: memory.unregister_areas,
  get_param: memory.get_param,
  set_param: memory.set_param,
  reset: memory.reset,
  event_alloc_unbound: events.alloc_unbound,
  event_bind_interdomain: events.bind_interdomain,
  event_close: events.close,
  event_send: events.send,
  event_unmask: events.unmask,
  event_bind_virq: events.bind_virq,
  event_bind_ipi: events.bind_ipi,
  event_status: events.status,
  event_init_fifo: events.init_fifo,
  event_expand_fifo: events.expand_fifo,
  event_set_priority: events.set_priority,
  event_bind_vcpu: events.bind_vcpu,
  grant_map: grants.map_v2,
  grant_unmap: grants.unmap_v2,
  grant_copy: grants.copy_v2,
  grant_query_table: grants.query_table,
});
