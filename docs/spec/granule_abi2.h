/* ABI v2 of granule. Generated from the descriptors of @granule/xen-abi; the words are in abi-v2.md. */
/* SPDX-License-Identifier: MIT */
#ifndef GRANULE_ABI2_H
#define GRANULE_ABI2_H

#include <stddef.h>
#include <stdint.h>

/* hvc immediate; x16 number, x0 operation, x1 IPA of the buffer, x2 elements of a list. */
#define GRANULE_HVC_TAG 0xea1u
#define GRANULE_DOMID_SELF 0x7ff0u
#define GRANULE_XENFEAT_BIT 21

/* EXTENT: address | log2 of the size; the address is a multiple of the size. */
#define GRANULE_EXTENT_MIN_LOG2 12
#define GRANULE_EXTENT_MAX_LOG2 47
#define GRANULE_EXTENT(address, log2) ((uint64_t)(address) | (uint64_t)(log2))
#define GRANULE_EXTENT_ADDRESS(extent) ((uint64_t)(extent) & ~(uint64_t)0xfff)
#define GRANULE_EXTENT_SIZE(extent) ((uint64_t)1 << ((extent) & 0x3f))

/* Errors: x0 is 0 or the negative number. */
#define GRANULE_ERR_EPERM 1
#define GRANULE_ERR_ENOENT 2
#define GRANULE_ERR_ESRCH 3
#define GRANULE_ERR_E2BIG 7
#define GRANULE_ERR_EAGAIN 11
#define GRANULE_ERR_ENOMEM 12
#define GRANULE_ERR_EFAULT 14
#define GRANULE_ERR_EBUSY 16
#define GRANULE_ERR_EEXIST 17
#define GRANULE_ERR_EXDEV 18
#define GRANULE_ERR_EINVAL 22
#define GRANULE_ERR_ENOSPC 28
#define GRANULE_ERR_EDOM 33
#define GRANULE_ERR_ERANGE 34
#define GRANULE_ERR_ENOSYS 38
#define GRANULE_ERR_EMSGSIZE 90

/* Status of a grant operation; -errno is possible too. */
#define GRANULE_GNTST_okay 0
#define GRANULE_GNTST_general_error (-1)
#define GRANULE_GNTST_bad_domain (-2)
#define GRANULE_GNTST_bad_gntref (-3)
#define GRANULE_GNTST_bad_handle (-4)
#define GRANULE_GNTST_bad_virt_addr (-5)
#define GRANULE_GNTST_bad_dev_addr (-6)
#define GRANULE_GNTST_no_device_space (-7)
#define GRANULE_GNTST_permission_denied (-8)
#define GRANULE_GNTST_bad_page (-9)
#define GRANULE_GNTST_bad_copy_arg (-10)
#define GRANULE_GNTST_address_too_big (-11)
#define GRANULE_GNTST_eagain (-12)
#define GRANULE_GNTST_no_space (-13)
#define GRANULE_GNTST_bad_granule (-14)

/* Objects of place. */
#define GRANULE_PLACE_shared_info 0
#define GRANULE_PLACE_grant_table_v1 1
#define GRANULE_PLACE_grant_table_v2 2

/* Indices of get_param and set_param. */
#define GRANULE_PARAM_store_extent 0
#define GRANULE_PARAM_store_port 1
#define GRANULE_PARAM_console_extent 2
#define GRANULE_PARAM_console_port 3
#define GRANULE_PARAM_callback_irq 4

/* Flags of grant_copy. */
#define GRANULE_COPY_source_ref 1
#define GRANULE_COPY_dest_ref 2

/* A grant reference of the v2 table has this bit. */
#define GRANULE_GRANT_REF 0x80000000u

/* An entry of the v2 grant table: word 0 (flags, domid) is written last, with release semantics. */
struct granule_grant_entry {
    uint16_t flags; /* GTF_* */
    uint16_t domid; /* who may use it */
    uint32_t reserved; /* must be 0 */
    uint64_t extent; /* EXTENT */
};
_Static_assert(sizeof(struct granule_grant_entry) == 16, "granule_grant_entry");
_Static_assert(offsetof(struct granule_grant_entry, flags) == 0, "granule_grant_entry.flags");
_Static_assert(offsetof(struct granule_grant_entry, domid) == 2, "granule_grant_entry.domid");
_Static_assert(offsetof(struct granule_grant_entry, reserved) == 4, "granule_grant_entry.reserved");
_Static_assert(offsetof(struct granule_grant_entry, extent) == 8, "granule_grant_entry.extent");

/* ---- query ---- */
#define GRANULE_NR_query 64

/* What the caller must know before anything else, in bytes. */
#define GRANULE_OP_query 0
struct granule_query {
    uint64_t alignment; /* out: bytes (A) */
    uint64_t stage2_sizes; /* out: mask of bytes: lowest bit G, higher bits block sizes */
    uint64_t ipa_limit; /* out: bytes (exclusive) */
    uint64_t shared_info_size; /* out: bytes */
    uint32_t vcpu_info_size; /* out: bytes */
    uint32_t list_limit; /* out: entries */
    uint64_t grant_table_limit; /* out: bytes */
    uint32_t grant_entry_size; /* out: bytes */
    uint32_t grant_entries; /* out: entries now usable */
    uint64_t current_bytes; /* out: bytes of RAM owned */
    uint64_t maximum_bytes; /* out: bytes of RAM allowed */
    uint32_t domid; /* out: domain */
    uint32_t vcpus; /* out: vcpus */
    uint64_t features; /* out: bit per v2 hypercall number minus 64 */
    uint64_t p2m_free; /* out: bytes left for stage 2 tables */
};
_Static_assert(sizeof(struct granule_query) == 96, "granule_query");
_Static_assert(offsetof(struct granule_query, alignment) == 0, "granule_query.alignment");
_Static_assert(offsetof(struct granule_query, stage2_sizes) == 8, "granule_query.stage2_sizes");
_Static_assert(offsetof(struct granule_query, ipa_limit) == 16, "granule_query.ipa_limit");
_Static_assert(offsetof(struct granule_query, shared_info_size) == 24, "granule_query.shared_info_size");
_Static_assert(offsetof(struct granule_query, vcpu_info_size) == 32, "granule_query.vcpu_info_size");
_Static_assert(offsetof(struct granule_query, list_limit) == 36, "granule_query.list_limit");
_Static_assert(offsetof(struct granule_query, grant_table_limit) == 40, "granule_query.grant_table_limit");
_Static_assert(offsetof(struct granule_query, grant_entry_size) == 48, "granule_query.grant_entry_size");
_Static_assert(offsetof(struct granule_query, grant_entries) == 52, "granule_query.grant_entries");
_Static_assert(offsetof(struct granule_query, current_bytes) == 56, "granule_query.current_bytes");
_Static_assert(offsetof(struct granule_query, maximum_bytes) == 64, "granule_query.maximum_bytes");
_Static_assert(offsetof(struct granule_query, domid) == 72, "granule_query.domid");
_Static_assert(offsetof(struct granule_query, vcpus) == 76, "granule_query.vcpus");
_Static_assert(offsetof(struct granule_query, features) == 80, "granule_query.features");
_Static_assert(offsetof(struct granule_query, p2m_free) == 88, "granule_query.p2m_free");

/* ---- memory ---- */
#define GRANULE_NR_memory 65

/* Gives RAM back: whole granules, all at once per extent. */
#define GRANULE_OP_release 0
#define GRANULE_LIMIT_release 512
struct granule_release {
    uint64_t extent; /* in: EXTENT */
};
_Static_assert(sizeof(struct granule_release) == 8, "granule_release");
_Static_assert(offsetof(struct granule_release, extent) == 0, "granule_release.extent");

/* Puts zeroed RAM at an empty range, all or nothing per extent. */
#define GRANULE_OP_populate 1
#define GRANULE_LIMIT_populate 512
struct granule_populate {
    uint64_t extent; /* in: EXTENT */
};
_Static_assert(sizeof(struct granule_populate) == 8, "granule_populate");
_Static_assert(offsetof(struct granule_populate, extent) == 0, "granule_populate.extent");

/* For a guest whose S1 is smaller than G: hands in pieces of a granule. Pieces stay owned and reachable, contents unspecified, until their granule is complete; then it is released. Repeats are idempotent. x3 is the number of bytes really freed. */
#define GRANULE_OP_accumulate 2
/* x3: freed, out, bytes freed, summed over the list */
#define GRANULE_LIMIT_accumulate 512
struct granule_accumulate {
    uint64_t extent; /* in: EXTENT */
};
_Static_assert(sizeof(struct granule_accumulate) == 8, "granule_accumulate");
_Static_assert(offsetof(struct granule_accumulate, extent) == 0, "granule_accumulate.extent");

/* Maps a range of an object of the hypervisor at an empty range; placing past its end grows it up to its limit. */
#define GRANULE_OP_place 3
struct granule_place {
    uint32_t object; /* in: PLACE_OBJECT */
    uint32_t reserved; /* must be 0 */
    uint64_t offset; /* in: bytes from the object's start */
    uint64_t address; /* in: bytes (IPA) */
    uint64_t size; /* in: bytes */
};
_Static_assert(sizeof(struct granule_place) == 32, "granule_place");
_Static_assert(offsetof(struct granule_place, object) == 0, "granule_place.object");
_Static_assert(offsetof(struct granule_place, reserved) == 4, "granule_place.reserved");
_Static_assert(offsetof(struct granule_place, offset) == 8, "granule_place.offset");
_Static_assert(offsetof(struct granule_place, address) == 16, "granule_place.address");
_Static_assert(offsetof(struct granule_place, size) == 24, "granule_place.size");

/* Unmaps a placed object or a foreign range; never RAM (that is release). */
#define GRANULE_OP_remove 4
struct granule_remove {
    uint64_t address; /* in: bytes (IPA) */
    uint64_t size; /* in: bytes */
};
_Static_assert(sizeof(struct granule_remove) == 16, "granule_remove");
_Static_assert(offsetof(struct granule_remove, address) == 0, "granule_remove.address");
_Static_assert(offsetof(struct granule_remove, size) == 8, "granule_remove.size");

/* ---- vcpu ---- */
#define GRANULE_NR_vcpu 66

/* vcpu_info of a vcpu at a byte address, aligned to 64 so that it crosses no boundary; pins the memory. */
#define GRANULE_OP_register_vcpu_info 0
struct granule_register_vcpu_info {
    uint32_t vcpu; /* in: vcpu */
    uint32_t reserved; /* must be 0 */
    uint64_t area; /* in: bytes (IPA) */
};
_Static_assert(sizeof(struct granule_register_vcpu_info) == 16, "granule_register_vcpu_info");
_Static_assert(offsetof(struct granule_register_vcpu_info, vcpu) == 0, "granule_register_vcpu_info.vcpu");
_Static_assert(offsetof(struct granule_register_vcpu_info, reserved) == 4, "granule_register_vcpu_info.reserved");
_Static_assert(offsetof(struct granule_register_vcpu_info, area) == 8, "granule_register_vcpu_info.area");

/* vcpu_runstate_info at a byte address (not a virtual one), aligned to 64; pins the memory. */
#define GRANULE_OP_register_runstate 1
struct granule_register_runstate {
    uint32_t vcpu; /* in: vcpu */
    uint32_t reserved; /* must be 0 */
    uint64_t area; /* in: bytes (IPA) */
};
_Static_assert(sizeof(struct granule_register_runstate) == 16, "granule_register_runstate");
_Static_assert(offsetof(struct granule_register_runstate, vcpu) == 0, "granule_register_runstate.vcpu");
_Static_assert(offsetof(struct granule_register_runstate, reserved) == 4, "granule_register_runstate.reserved");
_Static_assert(offsetof(struct granule_register_runstate, area) == 8, "granule_register_runstate.area");

/* Takes both areas of a vcpu back and unpins them; vcpu_info returns to shared_info. Idempotent. */
#define GRANULE_OP_unregister_areas 2
struct granule_unregister_areas {
    uint32_t vcpu; /* in: vcpu */
    uint32_t reserved; /* must be 0 */
};
_Static_assert(sizeof(struct granule_unregister_areas) == 8, "granule_unregister_areas");
_Static_assert(offsetof(struct granule_unregister_areas, vcpu) == 0, "granule_unregister_areas.vcpu");
_Static_assert(offsetof(struct granule_unregister_areas, reserved) == 4, "granule_unregister_areas.reserved");

/* ---- event ---- */
#define GRANULE_NR_event 67

/* A port of the caller to which `remote` may bind. */
#define GRANULE_OP_event_alloc_unbound 0
struct granule_event_alloc_unbound {
    uint16_t remote; /* in: domain */
    uint16_t reserved; /* must be 0 */
    uint32_t port; /* out: port */
};
_Static_assert(sizeof(struct granule_event_alloc_unbound) == 8, "granule_event_alloc_unbound");
_Static_assert(offsetof(struct granule_event_alloc_unbound, remote) == 0, "granule_event_alloc_unbound.remote");
_Static_assert(offsetof(struct granule_event_alloc_unbound, reserved) == 2, "granule_event_alloc_unbound.reserved");
_Static_assert(offsetof(struct granule_event_alloc_unbound, port) == 4, "granule_event_alloc_unbound.port");

/* Binds a new local port to the peer's unbound port. */
#define GRANULE_OP_event_bind_interdomain 1
struct granule_event_bind_interdomain {
    uint16_t remote; /* in: domain */
    uint16_t reserved; /* must be 0 */
    uint32_t remote_port; /* in: port */
    uint32_t port; /* out: port */
    uint32_t reserved2; /* must be 0 */
};
_Static_assert(sizeof(struct granule_event_bind_interdomain) == 16, "granule_event_bind_interdomain");
_Static_assert(offsetof(struct granule_event_bind_interdomain, remote) == 0, "granule_event_bind_interdomain.remote");
_Static_assert(offsetof(struct granule_event_bind_interdomain, reserved) == 2, "granule_event_bind_interdomain.reserved");
_Static_assert(offsetof(struct granule_event_bind_interdomain, remote_port) == 4, "granule_event_bind_interdomain.remote_port");
_Static_assert(offsetof(struct granule_event_bind_interdomain, port) == 8, "granule_event_bind_interdomain.port");
_Static_assert(offsetof(struct granule_event_bind_interdomain, reserved2) == 12, "granule_event_bind_interdomain.reserved2");

/* Frees a port; the peer's becomes unbound. */
#define GRANULE_OP_event_close 2
struct granule_event_close {
    uint32_t port; /* in: port */
    uint32_t reserved; /* must be 0 */
};
_Static_assert(sizeof(struct granule_event_close) == 8, "granule_event_close");
_Static_assert(offsetof(struct granule_event_close, port) == 0, "granule_event_close.port");
_Static_assert(offsetof(struct granule_event_close, reserved) == 4, "granule_event_close.reserved");

/* Makes the peer's port pending. */
#define GRANULE_OP_event_send 3
struct granule_event_send {
    uint32_t port; /* in: port */
    uint32_t reserved; /* must be 0 */
};
_Static_assert(sizeof(struct granule_event_send) == 8, "granule_event_send");
_Static_assert(offsetof(struct granule_event_send, port) == 0, "granule_event_send.port");
_Static_assert(offsetof(struct granule_event_send, reserved) == 4, "granule_event_send.reserved");

/* Clears the mask and raises the upcall when pending. */
#define GRANULE_OP_event_unmask 4
struct granule_event_unmask {
    uint32_t port; /* in: port */
    uint32_t reserved; /* must be 0 */
};
_Static_assert(sizeof(struct granule_event_unmask) == 8, "granule_event_unmask");
_Static_assert(offsetof(struct granule_event_unmask, port) == 0, "granule_event_unmask.port");
_Static_assert(offsetof(struct granule_event_unmask, reserved) == 4, "granule_event_unmask.reserved");

/* A port for a virtual interrupt of a vcpu. */
#define GRANULE_OP_event_bind_virq 5
struct granule_event_bind_virq {
    uint32_t virq; /* in: virq */
    uint32_t vcpu; /* in: vcpu */
    uint32_t port; /* out: port */
    uint32_t reserved; /* must be 0 */
};
_Static_assert(sizeof(struct granule_event_bind_virq) == 16, "granule_event_bind_virq");
_Static_assert(offsetof(struct granule_event_bind_virq, virq) == 0, "granule_event_bind_virq.virq");
_Static_assert(offsetof(struct granule_event_bind_virq, vcpu) == 4, "granule_event_bind_virq.vcpu");
_Static_assert(offsetof(struct granule_event_bind_virq, port) == 8, "granule_event_bind_virq.port");
_Static_assert(offsetof(struct granule_event_bind_virq, reserved) == 12, "granule_event_bind_virq.reserved");

/* A port that the domain sends to itself. */
#define GRANULE_OP_event_bind_ipi 6
struct granule_event_bind_ipi {
    uint32_t vcpu; /* in: vcpu */
    uint32_t port; /* out: port */
};
_Static_assert(sizeof(struct granule_event_bind_ipi) == 8, "granule_event_bind_ipi");
_Static_assert(offsetof(struct granule_event_bind_ipi, vcpu) == 0, "granule_event_bind_ipi.vcpu");
_Static_assert(offsetof(struct granule_event_bind_ipi, port) == 4, "granule_event_bind_ipi.port");

/* State of a port of the caller. */
#define GRANULE_OP_event_status 7
struct granule_event_status {
    uint32_t port; /* in: port */
    uint32_t reserved; /* must be 0 */
    uint32_t status; /* out: EVTCHNSTAT_* */
    uint32_t vcpu; /* out: vcpu */
    uint32_t remote; /* out: domain */
    uint32_t detail; /* out: port or virq */
};
_Static_assert(sizeof(struct granule_event_status) == 24, "granule_event_status");
_Static_assert(offsetof(struct granule_event_status, port) == 0, "granule_event_status.port");
_Static_assert(offsetof(struct granule_event_status, reserved) == 4, "granule_event_status.reserved");
_Static_assert(offsetof(struct granule_event_status, status) == 8, "granule_event_status.status");
_Static_assert(offsetof(struct granule_event_status, vcpu) == 12, "granule_event_status.vcpu");
_Static_assert(offsetof(struct granule_event_status, remote) == 16, "granule_event_status.remote");
_Static_assert(offsetof(struct granule_event_status, detail) == 20, "granule_event_status.detail");

/* Control block of a vcpu, 72 bytes aligned to 128; the first call switches to FIFO. Pins the memory. */
#define GRANULE_OP_event_init_fifo 8
struct granule_event_init_fifo {
    uint32_t vcpu; /* in: vcpu */
    uint32_t reserved; /* must be 0 */
    uint64_t control; /* in: bytes (IPA) */
};
_Static_assert(sizeof(struct granule_event_init_fifo) == 16, "granule_event_init_fifo");
_Static_assert(offsetof(struct granule_event_init_fifo, vcpu) == 0, "granule_event_init_fifo.vcpu");
_Static_assert(offsetof(struct granule_event_init_fifo, reserved) == 4, "granule_event_init_fifo.reserved");
_Static_assert(offsetof(struct granule_event_init_fifo, control) == 8, "granule_event_init_fifo.control");

/* Adds event words: a range of RAM, 4 bytes a port, in units of A. Pins the memory. */
#define GRANULE_OP_event_expand_fifo 9
struct granule_event_expand_fifo {
    uint64_t address; /* in: bytes (IPA) */
    uint64_t size; /* in: bytes */
};
_Static_assert(sizeof(struct granule_event_expand_fifo) == 16, "granule_event_expand_fifo");
_Static_assert(offsetof(struct granule_event_expand_fifo, address) == 0, "granule_event_expand_fifo.address");
_Static_assert(offsetof(struct granule_event_expand_fifo, size) == 8, "granule_event_expand_fifo.size");

/* Queue of a port: 0 first, 15 last. FIFO only. */
#define GRANULE_OP_event_set_priority 10
struct granule_event_set_priority {
    uint32_t port; /* in: port */
    uint32_t priority; /* in: priority */
};
_Static_assert(sizeof(struct granule_event_set_priority) == 8, "granule_event_set_priority");
_Static_assert(offsetof(struct granule_event_set_priority, port) == 0, "granule_event_set_priority.port");
_Static_assert(offsetof(struct granule_event_set_priority, priority) == 4, "granule_event_set_priority.priority");

/* Moves the upcalls of an unbound or bound port, or of a global virq, to a vcpu. */
#define GRANULE_OP_event_bind_vcpu 11
struct granule_event_bind_vcpu {
    uint32_t port; /* in: port */
    uint32_t vcpu; /* in: vcpu */
};
_Static_assert(sizeof(struct granule_event_bind_vcpu) == 8, "granule_event_bind_vcpu");
_Static_assert(offsetof(struct granule_event_bind_vcpu, port) == 0, "granule_event_bind_vcpu.port");
_Static_assert(offsetof(struct granule_event_bind_vcpu, vcpu) == 4, "granule_event_bind_vcpu.vcpu");

/* ---- grant ---- */
#define GRANULE_NR_grant 68

/* Maps a whole grant at an empty range of the caller; answers its size and a handle. References of both tables. */
#define GRANULE_OP_grant_map 0
#define GRANULE_LIMIT_grant_map 512
struct granule_grant_map {
    uint16_t domid; /* in: granter */
    uint16_t flags; /* in: GTF_readonly or 0 */
    uint32_t ref; /* in: reference */
    uint64_t address; /* in: bytes (IPA) */
    uint64_t size; /* in: bytes; must be the grant's */
    int32_t status; /* status: GNTST_* or -errno */
    uint32_t handle; /* out: handle */
    uint64_t granted; /* out: bytes the grant covers */
};
_Static_assert(sizeof(struct granule_grant_map) == 40, "granule_grant_map");
_Static_assert(offsetof(struct granule_grant_map, domid) == 0, "granule_grant_map.domid");
_Static_assert(offsetof(struct granule_grant_map, flags) == 2, "granule_grant_map.flags");
_Static_assert(offsetof(struct granule_grant_map, ref) == 4, "granule_grant_map.ref");
_Static_assert(offsetof(struct granule_grant_map, address) == 8, "granule_grant_map.address");
_Static_assert(offsetof(struct granule_grant_map, size) == 16, "granule_grant_map.size");
_Static_assert(offsetof(struct granule_grant_map, status) == 24, "granule_grant_map.status");
_Static_assert(offsetof(struct granule_grant_map, handle) == 28, "granule_grant_map.handle");
_Static_assert(offsetof(struct granule_grant_map, granted) == 32, "granule_grant_map.granted");

/* Undoes a mapping by handle alone: the range is empty afterwards. */
#define GRANULE_OP_grant_unmap 1
#define GRANULE_LIMIT_grant_unmap 512
struct granule_grant_unmap {
    uint32_t handle; /* in: handle */
    int32_t status; /* status: GNTST_* */
};
_Static_assert(sizeof(struct granule_grant_unmap) == 8, "granule_grant_unmap");
_Static_assert(offsetof(struct granule_grant_unmap, handle) == 0, "granule_grant_unmap.handle");
_Static_assert(offsetof(struct granule_grant_unmap, status) == 4, "granule_grant_unmap.status");

/* Copies bytes, any alignment, within one grant a side; a side without reference is an IPA range in the caller's RAM. Overlapping is as memmove. */
#define GRANULE_OP_grant_copy 2
#define GRANULE_LIMIT_grant_copy 512
struct granule_grant_copy {
    uint32_t flags; /* in: COPY */
    uint32_t length; /* in: bytes */
    uint16_t source_domid; /* in: granter */
    uint16_t reserved; /* must be 0 */
    uint32_t source_ref; /* in: reference */
    uint64_t source; /* in: bytes: offset in the grant, or IPA */
    uint16_t dest_domid; /* in: granter */
    uint16_t reserved2; /* must be 0 */
    uint32_t dest_ref; /* in: reference */
    uint64_t dest; /* in: bytes: offset in the grant, or IPA */
    int32_t status; /* status: GNTST_* or -errno */
    uint32_t reserved3; /* must be 0 */
};
_Static_assert(sizeof(struct granule_grant_copy) == 48, "granule_grant_copy");
_Static_assert(offsetof(struct granule_grant_copy, flags) == 0, "granule_grant_copy.flags");
_Static_assert(offsetof(struct granule_grant_copy, length) == 4, "granule_grant_copy.length");
_Static_assert(offsetof(struct granule_grant_copy, source_domid) == 8, "granule_grant_copy.source_domid");
_Static_assert(offsetof(struct granule_grant_copy, reserved) == 10, "granule_grant_copy.reserved");
_Static_assert(offsetof(struct granule_grant_copy, source_ref) == 12, "granule_grant_copy.source_ref");
_Static_assert(offsetof(struct granule_grant_copy, source) == 16, "granule_grant_copy.source");
_Static_assert(offsetof(struct granule_grant_copy, dest_domid) == 24, "granule_grant_copy.dest_domid");
_Static_assert(offsetof(struct granule_grant_copy, reserved2) == 26, "granule_grant_copy.reserved2");
_Static_assert(offsetof(struct granule_grant_copy, dest_ref) == 28, "granule_grant_copy.dest_ref");
_Static_assert(offsetof(struct granule_grant_copy, dest) == 32, "granule_grant_copy.dest");
_Static_assert(offsetof(struct granule_grant_copy, status) == 40, "granule_grant_copy.status");
_Static_assert(offsetof(struct granule_grant_copy, reserved3) == 44, "granule_grant_copy.reserved3");

/* Geometry of both tables in entries and bytes. */
#define GRANULE_OP_grant_query_table 3
struct granule_grant_query_table {
    uint32_t v1_entries; /* out: entries */
    uint32_t v1_limit; /* out: entries */
    uint32_t v2_entries; /* out: entries */
    uint32_t v2_limit; /* out: entries */
    uint64_t v2_bytes; /* out: bytes */
    uint32_t handles_free; /* out: handles */
    uint32_t reserved; /* must be 0 */
};
_Static_assert(sizeof(struct granule_grant_query_table) == 32, "granule_grant_query_table");
_Static_assert(offsetof(struct granule_grant_query_table, v1_entries) == 0, "granule_grant_query_table.v1_entries");
_Static_assert(offsetof(struct granule_grant_query_table, v1_limit) == 4, "granule_grant_query_table.v1_limit");
_Static_assert(offsetof(struct granule_grant_query_table, v2_entries) == 8, "granule_grant_query_table.v2_entries");
_Static_assert(offsetof(struct granule_grant_query_table, v2_limit) == 12, "granule_grant_query_table.v2_limit");
_Static_assert(offsetof(struct granule_grant_query_table, v2_bytes) == 16, "granule_grant_query_table.v2_bytes");
_Static_assert(offsetof(struct granule_grant_query_table, handles_free) == 24, "granule_grant_query_table.handles_free");
_Static_assert(offsetof(struct granule_grant_query_table, reserved) == 28, "granule_grant_query_table.reserved");

/* ---- domain ---- */
#define GRANULE_NR_domain 69

/* Reads a parameter of the caller. */
#define GRANULE_OP_get_param 0
struct granule_get_param {
    uint32_t index; /* in: PARAM */
    uint32_t reserved; /* must be 0 */
    uint64_t value; /* out: EXTENT, port or flags */
};
_Static_assert(sizeof(struct granule_get_param) == 16, "granule_get_param");
_Static_assert(offsetof(struct granule_get_param, index) == 0, "granule_get_param.index");
_Static_assert(offsetof(struct granule_get_param, reserved) == 4, "granule_get_param.reserved");
_Static_assert(offsetof(struct granule_get_param, value) == 8, "granule_get_param.value");

/* Writes a parameter; a guest may write callback_irq only. */
#define GRANULE_OP_set_param 1
struct granule_set_param {
    uint32_t index; /* in: PARAM */
    uint32_t reserved; /* must be 0 */
    uint64_t value; /* in: as the parameter says */
};
_Static_assert(sizeof(struct granule_set_param) == 16, "granule_set_param");
_Static_assert(offsetof(struct granule_set_param, index) == 0, "granule_set_param.index");
_Static_assert(offsetof(struct granule_set_param, reserved) == 4, "granule_set_param.reserved");
_Static_assert(offsetof(struct granule_set_param, value) == 8, "granule_set_param.value");

/* Unregisters areas, closes ports, returns to 2-level events, drops the v2 grant table and pending balloon pieces: what a kernel does before it starts the next one. */
#define GRANULE_OP_reset 2

#endif
