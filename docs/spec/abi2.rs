//! ABI v2 of granule. Generated from the descriptors of @granule/xen-abi; the words are in abi-v2.md.
// SPDX-License-Identifier: MIT
use core::mem::{offset_of, size_of};

/// Immediate of hvc; x16 number, x0 operation, x1 IPA of the buffer, x2 elements of a list.
pub const HVC_TAG: u16 = 0xea1;
pub const DOMID_SELF: u16 = 0x7ff0;
/// A grant reference of the v2 table has this bit.
pub const GRANT_REF: u32 = 0x80000000;

/// The EXTENT of `1 << log2` bytes at `address`; `None` when it cannot be one.
pub const fn extent(address: u64, log2: u32) -> Option<u64> {
    if log2 < 12 || log2 > 47 || address & ((1 << log2) - 1) != 0 {
        return None;
    }
    Some(address | log2 as u64)
}

/// x0 is 0 or the negative number.
pub mod errno {
    pub const EPERM: i64 = 1;
    pub const ENOENT: i64 = 2;
    pub const ESRCH: i64 = 3;
    pub const EIO: i64 = 5;
    pub const ENXIO: i64 = 6;
    pub const E2BIG: i64 = 7;
    pub const EAGAIN: i64 = 11;
    pub const ENOMEM: i64 = 12;
    pub const EACCES: i64 = 13;
    pub const EFAULT: i64 = 14;
    pub const EBUSY: i64 = 16;
    pub const EEXIST: i64 = 17;
    pub const EXDEV: i64 = 18;
    pub const ENODEV: i64 = 19;
    pub const EISDIR: i64 = 21;
    pub const EINVAL: i64 = 22;
    pub const ENOSPC: i64 = 28;
    pub const EROFS: i64 = 30;
    pub const EDOM: i64 = 33;
    pub const ERANGE: i64 = 34;
    pub const ENOSYS: i64 = 38;
    pub const ENOTEMPTY: i64 = 39;
    pub const EILSEQ: i64 = 84;
    pub const EMSGSIZE: i64 = 90;
    pub const EOPNOTSUPP: i64 = 95;
    pub const ETIMEDOUT: i64 = 110;
}

/// Status of a grant operation; a negative errno is possible too.
pub mod gntst {
    pub const OKAY: i32 = 0;
    pub const GENERAL_ERROR: i32 = -1;
    pub const BAD_DOMAIN: i32 = -2;
    pub const BAD_GNTREF: i32 = -3;
    pub const BAD_HANDLE: i32 = -4;
    pub const BAD_VIRT_ADDR: i32 = -5;
    pub const BAD_DEV_ADDR: i32 = -6;
    pub const NO_DEVICE_SPACE: i32 = -7;
    pub const PERMISSION_DENIED: i32 = -8;
    pub const BAD_PAGE: i32 = -9;
    pub const BAD_COPY_ARG: i32 = -10;
    pub const ADDRESS_TOO_BIG: i32 = -11;
    pub const EAGAIN: i32 = -12;
    pub const NO_SPACE: i32 = -13;
    pub const BAD_GRANULE: i32 = -14;
}

/// Objects of `place`.
pub mod place_object {
    pub const SHARED_INFO: u32 = 0;
    pub const GRANT_TABLE_V1: u32 = 1;
    pub const GRANT_TABLE_V2: u32 = 2;
}

/// Indices of `get_param` and `set_param`.
pub mod param {
    pub const STORE_EXTENT: u32 = 0;
    pub const STORE_PORT: u32 = 1;
    pub const CONSOLE_EXTENT: u32 = 2;
    pub const CONSOLE_PORT: u32 = 3;
    pub const CALLBACK_IRQ: u32 = 4;
}

/// Flags of `GrantCopy`.
pub mod copy_flags {
    pub const SOURCE_REF: u32 = 1;
    pub const DEST_REF: u32 = 2;
}

/// An entry of the v2 grant table: word 0 (flags, domid) is written last, with release semantics.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GrantEntry {
    /// flags.
    pub flags: u16,
    /// domid.
    pub domid: u16,
    /// Must be 0.
    pub reserved: u32,
    /// extent.
    pub extent: u64,
}
const _: () = assert!(size_of::<GrantEntry>() == 16);
const _: () = assert!(offset_of!(GrantEntry, flags) == 0);
const _: () = assert!(offset_of!(GrantEntry, domid) == 2);
const _: () = assert!(offset_of!(GrantEntry, reserved) == 4);
const _: () = assert!(offset_of!(GrantEntry, extent) == 8);

pub const NR_QUERY: u64 = 64;
/// What the caller must know before anything else, in bytes.
pub const OP_QUERY: u64 = 0;

/// The structure of `query`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// out: bytes (A)
    pub alignment: u64,
    /// out: mask of bytes: lowest bit G, higher bits block sizes
    pub stage2_sizes: u64,
    /// out: bytes (exclusive)
    pub ipa_limit: u64,
    /// out: bytes
    pub shared_info_size: u64,
    /// out: bytes
    pub vcpu_info_size: u32,
    /// out: entries
    pub list_limit: u32,
    /// out: bytes
    pub grant_table_limit: u64,
    /// out: bytes
    pub grant_entry_size: u32,
    /// out: entries now usable
    pub grant_entries: u32,
    /// out: bytes of RAM owned
    pub current_bytes: u64,
    /// out: bytes of RAM allowed
    pub maximum_bytes: u64,
    /// out: domain
    pub domid: u32,
    /// out: vcpus
    pub vcpus: u32,
    /// out: bit per v2 hypercall number minus 64
    pub features: u64,
    /// out: bytes left for stage 2 tables
    pub p2m_free: u64,
}
const _: () = assert!(size_of::<Query>() == 96);
const _: () = assert!(offset_of!(Query, alignment) == 0);
const _: () = assert!(offset_of!(Query, stage2_sizes) == 8);
const _: () = assert!(offset_of!(Query, ipa_limit) == 16);
const _: () = assert!(offset_of!(Query, shared_info_size) == 24);
const _: () = assert!(offset_of!(Query, vcpu_info_size) == 32);
const _: () = assert!(offset_of!(Query, list_limit) == 36);
const _: () = assert!(offset_of!(Query, grant_table_limit) == 40);
const _: () = assert!(offset_of!(Query, grant_entry_size) == 48);
const _: () = assert!(offset_of!(Query, grant_entries) == 52);
const _: () = assert!(offset_of!(Query, current_bytes) == 56);
const _: () = assert!(offset_of!(Query, maximum_bytes) == 64);
const _: () = assert!(offset_of!(Query, domid) == 72);
const _: () = assert!(offset_of!(Query, vcpus) == 76);
const _: () = assert!(offset_of!(Query, features) == 80);
const _: () = assert!(offset_of!(Query, p2m_free) == 88);

pub const NR_MEMORY: u64 = 65;
/// Gives RAM back: whole granules, all at once per extent.
pub const OP_RELEASE: u64 = 0;
pub const LIMIT_RELEASE: u64 = 512;

/// An element of `release`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Release {
    /// in: EXTENT
    pub extent: u64,
}
const _: () = assert!(size_of::<Release>() == 8);
const _: () = assert!(offset_of!(Release, extent) == 0);

/// Puts zeroed RAM at an empty range, all or nothing per extent.
pub const OP_POPULATE: u64 = 1;
pub const LIMIT_POPULATE: u64 = 512;

/// An element of `populate`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Populate {
    /// in: EXTENT
    pub extent: u64,
}
const _: () = assert!(size_of::<Populate>() == 8);
const _: () = assert!(offset_of!(Populate, extent) == 0);

/// For a guest whose S1 is smaller than G: hands in pieces of a granule. Pieces stay owned and reachable, contents unspecified, until their granule is complete; then it is released. Repeats are idempotent. x3 is the number of bytes really freed.
pub const OP_ACCUMULATE: u64 = 2;
pub const LIMIT_ACCUMULATE: u64 = 512;

/// An element of `accumulate`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accumulate {
    /// in: EXTENT
    pub extent: u64,
}
const _: () = assert!(size_of::<Accumulate>() == 8);
const _: () = assert!(offset_of!(Accumulate, extent) == 0);

/// Maps a range of an object of the hypervisor at an empty range; placing past its end grows it up to its limit.
pub const OP_PLACE: u64 = 3;

/// The structure of `place`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// in: PLACE_OBJECT
    pub object: u32,
    /// Must be 0.
    pub reserved: u32,
    /// in: bytes from the object's start
    pub offset: u64,
    /// in: bytes (IPA)
    pub address: u64,
    /// in: bytes
    pub size: u64,
}
const _: () = assert!(size_of::<Place>() == 32);
const _: () = assert!(offset_of!(Place, object) == 0);
const _: () = assert!(offset_of!(Place, reserved) == 4);
const _: () = assert!(offset_of!(Place, offset) == 8);
const _: () = assert!(offset_of!(Place, address) == 16);
const _: () = assert!(offset_of!(Place, size) == 24);

/// Unmaps a placed object or a foreign range; never RAM (that is release).
pub const OP_REMOVE: u64 = 4;

/// The structure of `remove`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Remove {
    /// in: bytes (IPA)
    pub address: u64,
    /// in: bytes
    pub size: u64,
}
const _: () = assert!(size_of::<Remove>() == 16);
const _: () = assert!(offset_of!(Remove, address) == 0);
const _: () = assert!(offset_of!(Remove, size) == 8);

pub const NR_VCPU: u64 = 66;
/// vcpu_info of a vcpu at a byte address, aligned to 64 so that it crosses no boundary; pins the memory.
pub const OP_REGISTER_VCPU_INFO: u64 = 0;

/// The structure of `register_vcpu_info`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RegisterVcpuInfo {
    /// in: vcpu
    pub vcpu: u32,
    /// Must be 0.
    pub reserved: u32,
    /// in: bytes (IPA)
    pub area: u64,
}
const _: () = assert!(size_of::<RegisterVcpuInfo>() == 16);
const _: () = assert!(offset_of!(RegisterVcpuInfo, vcpu) == 0);
const _: () = assert!(offset_of!(RegisterVcpuInfo, reserved) == 4);
const _: () = assert!(offset_of!(RegisterVcpuInfo, area) == 8);

/// vcpu_runstate_info at a byte address (not a virtual one), aligned to 64; pins the memory.
pub const OP_REGISTER_RUNSTATE: u64 = 1;

/// The structure of `register_runstate`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RegisterRunstate {
    /// in: vcpu
    pub vcpu: u32,
    /// Must be 0.
    pub reserved: u32,
    /// in: bytes (IPA)
    pub area: u64,
}
const _: () = assert!(size_of::<RegisterRunstate>() == 16);
const _: () = assert!(offset_of!(RegisterRunstate, vcpu) == 0);
const _: () = assert!(offset_of!(RegisterRunstate, reserved) == 4);
const _: () = assert!(offset_of!(RegisterRunstate, area) == 8);

/// Takes both areas of a vcpu back and unpins them; vcpu_info returns to shared_info. Idempotent.
pub const OP_UNREGISTER_AREAS: u64 = 2;

/// The structure of `unregister_areas`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnregisterAreas {
    /// in: vcpu
    pub vcpu: u32,
    /// Must be 0.
    pub reserved: u32,
}
const _: () = assert!(size_of::<UnregisterAreas>() == 8);
const _: () = assert!(offset_of!(UnregisterAreas, vcpu) == 0);
const _: () = assert!(offset_of!(UnregisterAreas, reserved) == 4);

pub const NR_EVENT: u64 = 67;
/// A port of the caller to which `remote` may bind.
pub const OP_EVENT_ALLOC_UNBOUND: u64 = 0;

/// The structure of `event_alloc_unbound`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventAllocUnbound {
    /// in: domain
    pub remote: u16,
    /// Must be 0.
    pub reserved: u16,
    /// out: port
    pub port: u32,
}
const _: () = assert!(size_of::<EventAllocUnbound>() == 8);
const _: () = assert!(offset_of!(EventAllocUnbound, remote) == 0);
const _: () = assert!(offset_of!(EventAllocUnbound, reserved) == 2);
const _: () = assert!(offset_of!(EventAllocUnbound, port) == 4);

/// Binds a new local port to the peer's unbound port.
pub const OP_EVENT_BIND_INTERDOMAIN: u64 = 1;

/// The structure of `event_bind_interdomain`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventBindInterdomain {
    /// in: domain
    pub remote: u16,
    /// Must be 0.
    pub reserved: u16,
    /// in: port
    pub remote_port: u32,
    /// out: port
    pub port: u32,
    /// Must be 0.
    pub reserved2: u32,
}
const _: () = assert!(size_of::<EventBindInterdomain>() == 16);
const _: () = assert!(offset_of!(EventBindInterdomain, remote) == 0);
const _: () = assert!(offset_of!(EventBindInterdomain, reserved) == 2);
const _: () = assert!(offset_of!(EventBindInterdomain, remote_port) == 4);
const _: () = assert!(offset_of!(EventBindInterdomain, port) == 8);
const _: () = assert!(offset_of!(EventBindInterdomain, reserved2) == 12);

/// Frees a port; the peer's becomes unbound.
pub const OP_EVENT_CLOSE: u64 = 2;

/// The structure of `event_close`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventClose {
    /// in: port
    pub port: u32,
    /// Must be 0.
    pub reserved: u32,
}
const _: () = assert!(size_of::<EventClose>() == 8);
const _: () = assert!(offset_of!(EventClose, port) == 0);
const _: () = assert!(offset_of!(EventClose, reserved) == 4);

/// Makes the peer's port pending.
pub const OP_EVENT_SEND: u64 = 3;

/// The structure of `event_send`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventSend {
    /// in: port
    pub port: u32,
    /// Must be 0.
    pub reserved: u32,
}
const _: () = assert!(size_of::<EventSend>() == 8);
const _: () = assert!(offset_of!(EventSend, port) == 0);
const _: () = assert!(offset_of!(EventSend, reserved) == 4);

/// Clears the mask and raises the upcall when pending.
pub const OP_EVENT_UNMASK: u64 = 4;

/// The structure of `event_unmask`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventUnmask {
    /// in: port
    pub port: u32,
    /// Must be 0.
    pub reserved: u32,
}
const _: () = assert!(size_of::<EventUnmask>() == 8);
const _: () = assert!(offset_of!(EventUnmask, port) == 0);
const _: () = assert!(offset_of!(EventUnmask, reserved) == 4);

/// A port for a virtual interrupt of a vcpu.
pub const OP_EVENT_BIND_VIRQ: u64 = 5;

/// The structure of `event_bind_virq`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventBindVirq {
    /// in: virq
    pub virq: u32,
    /// in: vcpu
    pub vcpu: u32,
    /// out: port
    pub port: u32,
    /// Must be 0.
    pub reserved: u32,
}
const _: () = assert!(size_of::<EventBindVirq>() == 16);
const _: () = assert!(offset_of!(EventBindVirq, virq) == 0);
const _: () = assert!(offset_of!(EventBindVirq, vcpu) == 4);
const _: () = assert!(offset_of!(EventBindVirq, port) == 8);
const _: () = assert!(offset_of!(EventBindVirq, reserved) == 12);

/// A port that the domain sends to itself.
pub const OP_EVENT_BIND_IPI: u64 = 6;

/// The structure of `event_bind_ipi`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventBindIpi {
    /// in: vcpu
    pub vcpu: u32,
    /// out: port
    pub port: u32,
}
const _: () = assert!(size_of::<EventBindIpi>() == 8);
const _: () = assert!(offset_of!(EventBindIpi, vcpu) == 0);
const _: () = assert!(offset_of!(EventBindIpi, port) == 4);

/// State of a port of the caller.
pub const OP_EVENT_STATUS: u64 = 7;

/// The structure of `event_status`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventStatus {
    /// in: port
    pub port: u32,
    /// Must be 0.
    pub reserved: u32,
    /// out: EVTCHNSTAT_*
    pub status: u32,
    /// out: vcpu
    pub vcpu: u32,
    /// out: domain
    pub remote: u32,
    /// out: port or virq
    pub detail: u32,
}
const _: () = assert!(size_of::<EventStatus>() == 24);
const _: () = assert!(offset_of!(EventStatus, port) == 0);
const _: () = assert!(offset_of!(EventStatus, reserved) == 4);
const _: () = assert!(offset_of!(EventStatus, status) == 8);
const _: () = assert!(offset_of!(EventStatus, vcpu) == 12);
const _: () = assert!(offset_of!(EventStatus, remote) == 16);
const _: () = assert!(offset_of!(EventStatus, detail) == 20);

/// Control block of a vcpu, 72 bytes aligned to 128; the first call switches to FIFO. Pins the memory.
pub const OP_EVENT_INIT_FIFO: u64 = 8;

/// The structure of `event_init_fifo`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventInitFifo {
    /// in: vcpu
    pub vcpu: u32,
    /// Must be 0.
    pub reserved: u32,
    /// in: bytes (IPA)
    pub control: u64,
}
const _: () = assert!(size_of::<EventInitFifo>() == 16);
const _: () = assert!(offset_of!(EventInitFifo, vcpu) == 0);
const _: () = assert!(offset_of!(EventInitFifo, reserved) == 4);
const _: () = assert!(offset_of!(EventInitFifo, control) == 8);

/// Adds event words: a range of RAM, 4 bytes a port, in units of A. Pins the memory.
pub const OP_EVENT_EXPAND_FIFO: u64 = 9;

/// The structure of `event_expand_fifo`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventExpandFifo {
    /// in: bytes (IPA)
    pub address: u64,
    /// in: bytes
    pub size: u64,
}
const _: () = assert!(size_of::<EventExpandFifo>() == 16);
const _: () = assert!(offset_of!(EventExpandFifo, address) == 0);
const _: () = assert!(offset_of!(EventExpandFifo, size) == 8);

/// Queue of a port: 0 first, 15 last. FIFO only.
pub const OP_EVENT_SET_PRIORITY: u64 = 10;

/// The structure of `event_set_priority`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventSetPriority {
    /// in: port
    pub port: u32,
    /// in: priority
    pub priority: u32,
}
const _: () = assert!(size_of::<EventSetPriority>() == 8);
const _: () = assert!(offset_of!(EventSetPriority, port) == 0);
const _: () = assert!(offset_of!(EventSetPriority, priority) == 4);

/// Moves the upcalls of an unbound or bound port, or of a global virq, to a vcpu.
pub const OP_EVENT_BIND_VCPU: u64 = 11;

/// The structure of `event_bind_vcpu`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventBindVcpu {
    /// in: port
    pub port: u32,
    /// in: vcpu
    pub vcpu: u32,
}
const _: () = assert!(size_of::<EventBindVcpu>() == 8);
const _: () = assert!(offset_of!(EventBindVcpu, port) == 0);
const _: () = assert!(offset_of!(EventBindVcpu, vcpu) == 4);

pub const NR_GRANT: u64 = 68;
/// Maps a whole grant at an empty range of the caller; answers its size and a handle. References of both tables.
pub const OP_GRANT_MAP: u64 = 0;
pub const LIMIT_GRANT_MAP: u64 = 512;

/// An element of `grant_map`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GrantMap {
    /// in: granter
    pub domid: u16,
    /// in: GTF_readonly or 0
    pub flags: u16,
    /// in: reference
    pub r#ref: u32,
    /// in: bytes (IPA)
    pub address: u64,
    /// in: bytes; must be the grant's
    pub size: u64,
    /// status: GNTST_* or -errno
    pub status: i32,
    /// out: handle
    pub handle: u32,
    /// out: bytes the grant covers
    pub granted: u64,
}
const _: () = assert!(size_of::<GrantMap>() == 40);
const _: () = assert!(offset_of!(GrantMap, domid) == 0);
const _: () = assert!(offset_of!(GrantMap, flags) == 2);
const _: () = assert!(offset_of!(GrantMap, r#ref) == 4);
const _: () = assert!(offset_of!(GrantMap, address) == 8);
const _: () = assert!(offset_of!(GrantMap, size) == 16);
const _: () = assert!(offset_of!(GrantMap, status) == 24);
const _: () = assert!(offset_of!(GrantMap, handle) == 28);
const _: () = assert!(offset_of!(GrantMap, granted) == 32);

/// Undoes a mapping by handle alone: the range is empty afterwards.
pub const OP_GRANT_UNMAP: u64 = 1;
pub const LIMIT_GRANT_UNMAP: u64 = 512;

/// An element of `grant_unmap`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GrantUnmap {
    /// in: handle
    pub handle: u32,
    /// status: GNTST_*
    pub status: i32,
}
const _: () = assert!(size_of::<GrantUnmap>() == 8);
const _: () = assert!(offset_of!(GrantUnmap, handle) == 0);
const _: () = assert!(offset_of!(GrantUnmap, status) == 4);

/// Copies bytes, any alignment, within one grant a side; a side without reference is an IPA range in the caller's RAM. Overlapping is as memmove.
pub const OP_GRANT_COPY: u64 = 2;
pub const LIMIT_GRANT_COPY: u64 = 512;

/// An element of `grant_copy`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GrantCopy {
    /// in: COPY
    pub flags: u32,
    /// in: bytes
    pub length: u32,
    /// in: granter
    pub source_domid: u16,
    /// Must be 0.
    pub reserved: u16,
    /// in: reference
    pub source_ref: u32,
    /// in: bytes: offset in the grant, or IPA
    pub source: u64,
    /// in: granter
    pub dest_domid: u16,
    /// Must be 0.
    pub reserved2: u16,
    /// in: reference
    pub dest_ref: u32,
    /// in: bytes: offset in the grant, or IPA
    pub dest: u64,
    /// status: GNTST_* or -errno
    pub status: i32,
    /// Must be 0.
    pub reserved3: u32,
}
const _: () = assert!(size_of::<GrantCopy>() == 48);
const _: () = assert!(offset_of!(GrantCopy, flags) == 0);
const _: () = assert!(offset_of!(GrantCopy, length) == 4);
const _: () = assert!(offset_of!(GrantCopy, source_domid) == 8);
const _: () = assert!(offset_of!(GrantCopy, reserved) == 10);
const _: () = assert!(offset_of!(GrantCopy, source_ref) == 12);
const _: () = assert!(offset_of!(GrantCopy, source) == 16);
const _: () = assert!(offset_of!(GrantCopy, dest_domid) == 24);
const _: () = assert!(offset_of!(GrantCopy, reserved2) == 26);
const _: () = assert!(offset_of!(GrantCopy, dest_ref) == 28);
const _: () = assert!(offset_of!(GrantCopy, dest) == 32);
const _: () = assert!(offset_of!(GrantCopy, status) == 40);
const _: () = assert!(offset_of!(GrantCopy, reserved3) == 44);

/// Geometry of both tables in entries and bytes.
pub const OP_GRANT_QUERY_TABLE: u64 = 3;

/// The structure of `grant_query_table`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GrantQueryTable {
    /// out: entries
    pub v1_entries: u32,
    /// out: entries
    pub v1_limit: u32,
    /// out: entries
    pub v2_entries: u32,
    /// out: entries
    pub v2_limit: u32,
    /// out: bytes
    pub v2_bytes: u64,
    /// out: handles
    pub handles_free: u32,
    /// Must be 0.
    pub reserved: u32,
}
const _: () = assert!(size_of::<GrantQueryTable>() == 32);
const _: () = assert!(offset_of!(GrantQueryTable, v1_entries) == 0);
const _: () = assert!(offset_of!(GrantQueryTable, v1_limit) == 4);
const _: () = assert!(offset_of!(GrantQueryTable, v2_entries) == 8);
const _: () = assert!(offset_of!(GrantQueryTable, v2_limit) == 12);
const _: () = assert!(offset_of!(GrantQueryTable, v2_bytes) == 16);
const _: () = assert!(offset_of!(GrantQueryTable, handles_free) == 24);
const _: () = assert!(offset_of!(GrantQueryTable, reserved) == 28);

pub const NR_DOMAIN: u64 = 69;
/// Reads a parameter of the caller.
pub const OP_GET_PARAM: u64 = 0;

/// The structure of `get_param`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GetParam {
    /// in: PARAM
    pub index: u32,
    /// Must be 0.
    pub reserved: u32,
    /// out: EXTENT, port or flags
    pub value: u64,
}
const _: () = assert!(size_of::<GetParam>() == 16);
const _: () = assert!(offset_of!(GetParam, index) == 0);
const _: () = assert!(offset_of!(GetParam, reserved) == 4);
const _: () = assert!(offset_of!(GetParam, value) == 8);

/// Writes a parameter; a guest may write callback_irq only.
pub const OP_SET_PARAM: u64 = 1;

/// The structure of `set_param`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetParam {
    /// in: PARAM
    pub index: u32,
    /// Must be 0.
    pub reserved: u32,
    /// in: as the parameter says
    pub value: u64,
}
const _: () = assert!(size_of::<SetParam>() == 16);
const _: () = assert!(offset_of!(SetParam, index) == 0);
const _: () = assert!(offset_of!(SetParam, reserved) == 4);
const _: () = assert!(offset_of!(SetParam, value) == 8);

/// Unregisters areas, closes ports, returns to 2-level events, drops the v2 grant table and pending balloon pieces: what a kernel does before it starts the next one.
pub const OP_RESET: u64 = 2;
