// TABLE: answers of real Xen.
/**
 * What Xen 4.17.7 on arm64 answered (Debian's package under QEMU, asked by bare-metal guests), one call a line: actor,
 * call and arguments in the order of the structure, `=>`, answer. Domain A is 1, B is 2; both have 64 MiB at 0x40000000.
 * Statuses without GNTST_; "abort": the guest's load took a data abort. A line with `!` differs here, on purpose: the
 * comment before it says why, and what follows `!` is what Xen said.
 */
export interface Recording {
  readonly name: string;
  readonly xsm: "dummy" | "silo";
  readonly lines: string;
}

export const RECORDINGS: readonly Recording[] = [
  {
    name: "a domain with its own grants", xsm: "silo",
    lines: `
# fresh table
A query SELF => okay 1 64
A query 1 => okay 1 64
A query 2 => -2
A query 9 => -2
A query 0x7ff1 => -2
A hc 6 BUF 0 => -22
A hc 6 BUF 2 => -22
A hc 6 UNMAPPED 1 => -14
A hc 6 UNMAPPED 0 => -22
A version SELF => 0
A version 1 => 0
A version 2 => -3
A version 9 => -3
A hc 10 UNMAPPED 1 => -14
A setversion 1 => 0
A setversion 2 => -38
A setversion 0 => -22
A setversion 3 => -22
A setversion 0xffffffff => -22
A hc 8 UNMAPPED 1 => -14
# setup_table
A setup SELF 0 BUF2 => okay
A setup SELF 1 BUF2 => okay
A r64 0x41010000 => 0xffffffffffffffff
A r64 0x41010008 => 0x0
A setup SELF 4 BUF2 => okay
A r64 0x41010000 => 0xffffffffffffffff
A r64 0x41010008 => 0xffffffffffffffff
A r64 0x41010010 => 0xffffffffffffffff
A r64 0x41010018 => 0xffffffffffffffff
A setup SELF 64 BUF2 => okay
A setup SELF 65 BUF2 => general_error
A setup 2 1 BUF2 => bad_domain
A setup 9 1 BUF2 => bad_domain
A setup 1 1 BUF2 => okay
A setup SELF 1 UNMAPPED => bad_virt_addr
A setup SELF 0 UNMAPPED => okay
A hc 2 BUF 0 => -22
A hc 2 BUF 2 => -22
A hc 2 UNMAPPED 1 => -14
A query SELF => okay 64 64
# setup then add_to_physmap then setup again shows gfns
A place 1 0 0x38000 => 0
A place 1 1 0x38001 => 0
A setup SELF 3 BUF2 => okay
A r64 0x41010000 => 0x38000
A r64 0x41010008 => 0x38001
A r64 0x41010010 => 0xffffffffffffffff
A r64 0x38000000 => 0x0
A r64 0x38000008 => 0x0
A r64 0x38000010 => 0x0
A r64 0x38000018 => 0x0
# status frames / v2 only things
A place 1 0x80000000 0x38020 => -22
# swap / transfer / dump / cache flush / replace
A swap 8 9 => okay
A swap 8 8 => okay
A swap 8 99999 => bad_gntref
A hc 3 BUF 1 => -38
A hc 4 BUF 1 => -95
A hc 13 BUF 1 => -38
A hc 99 BUF 1 => -38
A hc 0 UNMAPPED 0 => 0
A hc 0 BUF 0 => 0
A hc 0 BUF 0x80000000 => -22
A hc 6 BUF 0xffffffff => -22
# copy between own frames (no gref)
A w64 0x41300000 0x1122334455667788
A w64 0x41300008 0x99aabbccddeeff00
A copy 0x41300 SELF 0 0x41301 SELF 0 16 0 => okay
A r64 0x41301000 => 0x1122334455667788
A r64 0x41301008 => 0x99aabbccddeeff00
A copy 0x41300 SELF 4 0x41301 SELF 1 5 0 => okay
A r64 0x41301000 => 0x1122001122334488
A r64 0x41301008 => 0x99aabbccddeeff00
A copy 0x41300 SELF 4090 0x41301 SELF 0 6 0 => okay
A copy 0x41300 SELF 4090 0x41301 SELF 0 7 0 => bad_copy_arg
A copy 0x41300 SELF 0 0x41301 SELF 4090 7 0 => bad_copy_arg
A copy 0x41300 SELF 4096 0x41301 SELF 0 0 0 => okay
A copy 0x41300 SELF 4097 0x41301 SELF 0 0 0 => bad_copy_arg
A copy 0x41300 SELF 0 0x41301 SELF 0 0 0 => okay
A copy 0x41300 SELF 0 0x41301 SELF 0 4096 0 => okay
A copy 0x41300 SELF 0 0x41301 SELF 0 4097 0 => bad_copy_arg
A copy 0x41300 SELF 0xffff 0x41301 SELF 0 1 0 => bad_copy_arg
A copy 0x44300 SELF 0 0x41301 SELF 0 16 0 => bad_page
A copy 0x41300 SELF 0 0x44301 SELF 0 16 0 => bad_page
A copy 0x44300 SELF 0 0x41301 SELF 0 0 0 => bad_page
A copy 0x22000 SELF 0 0x41301 SELF 0 16 0 => bad_page
A copy 0x38000 SELF 0 0x41301 SELF 0 16 0 => okay
A copy 0x41300 SELF 0 0x41301 SELF 0 16 4 => okay
A copy 0x41300 SELF 0 0x41301 SELF 0 16 0x8000 => okay
A copy 0x41300 1 0 0x41301 SELF 0 16 0 => permission_denied
A copy 0x41300 2 0 0x41301 SELF 0 16 0 => bad_domain
A copy 0x41300 9 0 0x41301 SELF 0 16 0 => bad_domain
A copy 0x41300 SELF 0 0x41301 2 0 16 0 => bad_domain
A copy 0x41300 SELF 0 0x41301 9 0 16 0 => bad_domain
A copy 0x41300 SELF 0 0x41300 SELF 8 16 0 => okay
A r64 0x41300000 => 0x1122334455667788
A r64 0x41300008 => 0x1122334455667788
A r64 0x41300010 => 0x99aabbccddeeff00
A r64 0x41300018 => 0x0
A copy 0xffffffffffffffff SELF 0 0x41301 SELF 0 16 0 => bad_page
# copy via own grefs
A entry 8 1 1 0x41302
A w64 0x41302000 0xcafebabedeadbeef
A copy 8 SELF 0 0x41301 SELF 0 8 1 => okay
A r64 0x41301000 => 0xcafebabedeadbeef
A copy 8 1 0 0x41301 SELF 0 8 1 => okay
A r64 0x41301000 => 0xcafebabedeadbeef
A r16 0x38000040 => 0x1
A copy 0x41300 SELF 0 8 1 16 8 2 => okay
A r64 0x41302010 => 0x1122334455667788
A entry 9 5 1 0x41302
A copy 0x41300 SELF 0 9 1 24 8 2 => general_error
A copy 9 1 0 0x41301 SELF 0 8 1 => okay
A entry 10 1 7 0x41302
A copy 10 1 0 0x41301 SELF 0 8 1 => general_error
A entry 11 0 1 0x41302
A copy 11 1 0 0x41301 SELF 0 8 1 => general_error
A entry 12 1 1 0x44302
A copy 12 1 0 0x41301 SELF 0 8 1 => bad_page
A entry 13 2 1 0x41302
A copy 13 1 0 0x41301 SELF 0 8 1 => general_error
A entry 14 3 1 0x41302
A copy 14 1 0 0x41301 SELF 0 8 1 => general_error
A entry 15 0x101 1 0x41302
A copy 15 1 0 0x41301 SELF 0 8 1 => okay
A entry 17 0xe1 1 0x41302
A copy 17 1 0 0x41301 SELF 0 8 1 => okay
A entry 18 0x19 1 0x41302
A copy 18 1 0 0x41301 SELF 0 8 1 => okay
A r16 0x38000090 => 0x11
A entry 16 1 SELF 0x41302
A copy 16 1 0 0x41301 SELF 0 8 1 => general_error
A copy 500 1 0 0x41301 SELF 0 8 1 => general_error
A copy 1000 1 0 0x41301 SELF 0 8 1 => general_error
A copy 40000 1 0 0x41301 SELF 0 8 1 => bad_gntref
A copy 0xffffffff 1 0 0x41301 SELF 0 8 1 => bad_gntref
A copy 8 1 0 9 1 0 8 3 => general_error
A copy 8 1 0 8 1 64 8 3 => okay
# order of the checks: bad offset AND bad ref AND bad domain AND unknown flags
A copy 0xffffffff 9 4095 0x41301 SELF 0 8 1 => bad_domain
A copy 0xffffffff 1 4095 0x41301 SELF 0 8 1 => bad_gntref
A copy 0x44300 SELF 4095 0x41301 SELF 0 8 0 => bad_page
A copy 8 9 4095 9 9 4095 4096 0xffff => bad_domain
# count handling in copy: list of 2 where the first fails
A hc 5 BUF 0 => 0
A hc 5 UNMAPPED 1 => -14
# second element unmapped
A w64 0x43ffffd8 0x41300
A w16 0x43ffffe0 SELF
A w64 0x43ffffe8 0x41301
A w16 0x43fffff0 SELF
A w16 0x43fffff8 8
A w16 0x43fffffc 0x5555
A hc 5 0x43ffffd8 2 => -14
A r16 0x43fffffc => 0x0
# map own grants
A map 0x44000000 2 8 1 => okay 0
A r64 0x44000000 => 0xcafebabedeadbeef
A r16 0x38000040 => 0x19
A map 0x44000000 2 8 SELF => bad_domain
A r64 0x44000000 => 0xcafebabedeadbeef
A unmap 0x44000000 0 => okay
A unmap 0x44000000 0 => bad_handle
A r64 0x44000000 => abort
A r16 0x38000040 => 0x1
`,
  },
  {
    name: "handles, holes and what lies over a mapping", xsm: "silo",
    lines: `
# handles, wrong bus address, mapping interplay with p2m ops (self grants)
A place 1 0 0x38000 => 0
A w64 0x41302000 0x11
A w64 0x41303000 0x22
A entry 8 1 1 0x41302
A entry 9 1 1 0x41303
A map 0x44000000 2 8 1 => okay 0
A map 0x44001000 2 500 1 => general_error
A map 0x44001000 2 9 1 => okay 2
A unmap 0x44000000 0 => okay
A map 0x44002000 2 8 1 => okay 3
# wrong dev_bus_addr; correct one
A unmap 0x44002000 0 => bad_handle
A unmap 0x44002000 3 => okay
A r64 0x44002000 => abort
A unmap 0x44002000 3 => bad_handle
# unmap host_addr 0 only
A map 0x44003000 2 8 1 => okay 4
A unmap 0 4 => okay
A r64 0x44003000 => 0x11
A r16 0x38000040 => 0x19
# rmpm / decrease / populate / a2p on a grant-mapped gfn (handle 1 at 0x44001)
A r64 0x44001000 => 0x22
A remove 0x44001 => 0
A r64 0x44001000 => abort
A decrease 0x44001 => 0
A r64 0x44001000 => abort
A map 0x44005000 2 9 1 => okay 5
A decrease 0x44005 => 1
A r64 0x44005000 => abort
A map 0x44006000 2 9 1 => okay 6
A decrease 0x41500 => 1
A populate 0x44006 => 1
A r64 0x44006000 => 0x0
A reservation => 0x4000
# gnt map over the shared info / grant table frame, over RAM used elsewhere
A place 0 0 0x41210 => 0
A map 0x41210000 2 9 1 => okay 7
A r64 0x41210000 => 0x22
A place 0 0 0x41211 => 0
# granting a grant-mapped page onwards
A entry 10 1 1 0x41210
A map 0x44009000 2 10 1 => okay 8
A r64 0x44009000 => 0x22
A copy 10 1 0 0x41600 SELF 0 8 1 => okay
A copy 0x41210 SELF 0 0x41600 SELF 0 8 0 => okay
# grant table frames survive remove + re-add
B place 1 0 0x38000 => 0
B w64 0x38000040 0xabcdef
B remove 0x38000 => 0
B place 1 0 0x38005 => 0
B r64 0x38005040 => 0xabcdef
# reserved entries of a fresh dom0less table (console, xenstore)
B r64 0x38005000 => 0x0
B r64 0x38005008 => 0x0
`,
  },
  {
    name: "two domains", xsm: "dummy",
    lines: `
# A sets up: grant table, entries 8.. to domid 2, event channel port 1 for dom 2
A place 0 0 0x41200 => 0
A place 1 0 0x38000 => 0
A w64 0x41302000 0xcafebabedeadbeef
A w64 0x41303000 0x1111
A entry 8 1 2 0x41302
A entry 9 5 2 0x41302
A entry 10 1 2 0x44444
A entry 11 1 3 0x41303
A entry 12 1 2 0x41303
A entry 13 1 2 0x22000
A entry 14 1 2 0x38000
A entry 15 1 2 0x41200
# B: binds A's port 1 (retry until A is ready)
B place 0 0 0x41200 => 0
# map A's grant 8 read-write at a hole, at RAM, misaligned
B map 0x44000000 2 8 1 => okay 0
B r64 0x44000000 => 0xcafebabedeadbeef
B w64 0x44000008 0x7777
B map 0x44001000 6 8 1 => okay 1
B r64 0x44001000 => 0xcafebabedeadbeef
B map 0x44002000 2 9 1 => general_error
B map 0x44002000 6 9 1 => okay 3
B r64 0x44002000 => 0xcafebabedeadbeef
B map 0x44003008 2 12 1 => okay 4
B r64 0x44003000 => 0x1111
B r64 0x44003008 => 0x0
B map 0x41400000 2 12 1 => okay 5
B r64 0x41400000 => 0x1111
B reservation => 0x4000
B map 0x44000000 2 12 1 => okay 6
B r64 0x44000000 => 0x1111
B map 0x44010000 2 10 1 => bad_page
B map 0x44010000 2 11 1 => general_error
B map 0x44010000 2 20 1 => general_error
B map 0x44010000 2 13 1 => bad_page
B map 0x44010000 2 14 1 => okay 11
B r64 0x44010040 => 0x4130200020019
B map 0x44011000 2 15 1 => okay 12
B map 0x44012000 2 600 1 => bad_gntref
B map 0x44012000 2 100000 1 => bad_gntref
B map 0x44012000 2 8 3 => bad_domain
B map 0x44012000 2 8 9 => bad_domain
B map 0x44012000 2 8 0x7ff1 => bad_domain
B map 0x44012000 0 8 1 => bad_gntref
B map 0x44012000 1 8 1 => general_error
B map 0x44012000 3 8 1 => general_error
B map 0x44012000 4 8 1 => bad_gntref
B map 0x44012000 0x0a 8 1 => general_error
B map 0x44012000 0x12 8 1 => general_error
B map 0x44012000 0x22 8 1 => general_error
B map 0x44012000 0x10002 8 1 => general_error
B map 0x44012000 0x8000 8 1 => bad_gntref
B map 0xffffffffff000 2 8 1 => general_error
# that CPU had more than the 40 bits of IPA that this model gives every domain; a number is used up either way
B map 0x10000000000 2 8 1 => general_error ! okay 18
B map 0xfffffffffffff000 2 8 1 => general_error
B map 0x22000000 2 8 1 => okay 20
B map 0x03001000 2 8 1 => okay 21
# unmap cases
B unmap 0x44000000 99 => bad_handle
B unmap 0x44001000 0 => okay
B unmap 0x44000008 0 => bad_handle
B unmap 0 0 => bad_handle
B r64 0x44000000 => 0x1111
B unmap 0x44000000 0 => bad_handle
B r64 0x44000000 => 0x1111
# copies to / from A
B copy 8 1 0 0x41500 SELF 0 16 1 => okay
B r64 0x41500000 => 0xcafebabedeadbeef
B copy 0x41500 SELF 0 8 1 4090 7 2 => bad_copy_arg
B copy 0x41500 SELF 0 9 1 0 8 2 => general_error
B copy 0x41302 1 0 0x41500 SELF 0 8 0 => permission_denied
B copy 8 1 0 12 1 0 8 3 => okay
B copy 11 1 0 0x41500 SELF 0 8 1 => general_error
B copy 8 3 0 0x41500 SELF 0 8 1 => bad_domain
# A waits for B's notification on port 1
A r16 0x38000040 => 0x19
A r16 0x38000048 => 0xd
# busy grant: decrease the granted page while mapped, end access
A r64 0x41302008 => 0x7777
A decrease 0x41302 => 1
A reservation => 0x4000
A r64 0x41302000 => abort
# A decreased the page; B still has handles: read
B r64 0x44001000 => abort
B map 0x44020000 2 8 1 => okay 22
B copy 8 1 0 0x41500 SELF 0 16 1 => okay
B unmap 0x44001000 1 => okay
B unmap 0x44002000 2 => bad_handle
B unmap 0x44003000 3 => general_error
B unmap 0x41400000 3 => general_error
B unmap 0x41400000 4 => okay
B r64 0x41400000 => abort
B unmap 0x44003008 4 => bad_handle
B unmap 0x44003000 4 => bad_handle
B unmap 0x44010000 5 => general_error
B unmap 0x44010000 6 => general_error
B unmap 0x44011000 7 => bad_handle
B unmap 0x44011000 6 => general_error
A r16 0x38000040 => 0x19
# grant by domU to itself after B unmapped; reuse entry
A r16 0x38000048 => 0xd
`,
  },
  {
    name: "two domains that may not talk", xsm: "silo",
    lines: `
A place 1 0 0x38000 => 0
A entry 8 1 2 0x41302
A entry 9 1 0 0x41302
B map 0x44000000 2 8 1 => permission_denied
B copy 8 1 0 0x41500 SELF 0 16 1 => permission_denied
B query 1 => -8
B setup 1 1 BUF2 => permission_denied
`,
  },
  {
    name: "order of checks, and unmapping elsewhere", xsm: "dummy",
    lines: `
# order: flags against domain, setup against domain
A place 1 0 0x38000 => 0
A map 0x44000000 0 8 9 => bad_gntref
A map 0x44000000 1 8 9 => general_error
A map 0x44000000 1 500 1 => general_error
A map 0x44000000 0x22 8 9 => bad_domain
A setup 9 65 BUF2 => bad_domain
A setup 2 65 BUF2 => bad_domain
# cache attributes and odd types in the entry
A w64 0x41302000 0x11
A w64 0x41303000 0x22
A entry 8 1 1 0x41302
A entry 9 0x21 1 0x41302
A map 0x44000000 2 9 1 => okay 0
A r16 0x38000048 => 0x39
A entry 9 0x81 1 0x41302
A map 0x44000000 2 9 1 => okay 1
A entry 10 2 1 0x41302
A map 0x44000000 2 10 1 => general_error
A entry 10 3 1 0x41302
A map 0x44000000 2 10 1 => general_error
A entry 10 0x101 1 0x41302
A map 0x44000000 2 10 1 => general_error
A unmap 0x44000000 0 => okay
A unmap 0x44000000 1 => okay
A unmap 0x44000000 2 => bad_handle
A unmap 0x44000000 3 => bad_handle
A unmap 0x44000000 4 => bad_handle
A unmap 0x44000000 5 => bad_handle
A unmap 0x44000000 6 => bad_handle
A unmap 0x44000000 7 => bad_handle
A unmap 0x44000000 8 => bad_handle
A r64 0x44000000 => abort
# X and Y of one frame: unmap X's handle at Y
A map 0x44001000 2 8 1 => okay 5
A map 0x44002000 2 8 1 => okay 6
A unmap 0x44002000 5 => okay
A r64 0x44001000 => 0x11
A r64 0x44002000 => abort
A unmap 0x44003000 6 => okay
A r64 0x44001000 => 0x11
A r16 0x38000040 => 0x1
# host_addr 8; host_addr 0 then the right one
A map 0x44004000 2 8 1 => okay 7
A unmap 0 7 => okay
A unmap 8 7 => okay
A unmap 0x44004000 7 => bad_handle
A r64 0x44004000 => 0x11
# unmap over RAM, and over uart
A map 0x44004000 2 8 1 => okay 8
A unmap 0x41600000 8 => general_error
A unmap 0xfffffffffffff000 8 => general_error
A unmap 0x41302000 8 => okay
A r64 0x41302000 => abort
# read-only self mapping granted onwards read-write
A map 0x44005000 6 8 1 => bad_page
A entry 11 1 1 0x44005
A map 0x44006000 2 11 1 => bad_page
A map 0x44006000 6 11 1 => bad_page
A map 0x44007000 2 11 1 => bad_page
A copy 11 1 0 0x41301 SELF 0 8 1 => bad_page
A copy 0x41301 SELF 0 11 1 0 8 2 => bad_page
A copy 0x41301 SELF 0 0x44005 SELF 0 8 0 => bad_page
# the entry changes while mapped
A entry 12 5 1 0x41303
A map 0x44008000 6 12 1 => okay 13
A r16 0x38000060 => 0xd
A entry 12 1 7 0x41600
A map 0x44009000 6 12 1 => okay 14
A map 0x44009000 2 12 1 => okay 15
A entry 12 1 1 0x41600
A map 0x44009000 2 12 1 => okay 16
A r64 0x44009000 => 0x22
A r16 0x38000060 => 0x1
A entry 12 0 1 0x41600
A map 0x4400a000 2 12 1 => okay 17
A map 0x4400a000 6 12 1 => okay 18
A copy 12 1 0 0x41301 SELF 0 8 1 => okay
A r16 0x38000060 => 0x0
# counts above 2^31
A hc 9 BUF 0x80000000 => -22
A hc 9 BUF 2 => -22
A hc 4 BUF 0 => -95
A hc 4 BUF 1 => -95
A hc 4 UNMAPPED 1 => -95
A hc 7 UNMAPPED 1 => -14
A hc 3 UNMAPPED 1 => -38
# swap
A entry 20 1 1 0x41302
A entry 21 5 2 0x41303
A swap 20 21 => okay
A r64 0x380000a0 => 0x4130300020005
A r64 0x380000a8 => 0x4130200010001
A swap 8 21 => okay
`,
  },
  {
    name: "upgrades, swaps and copies", xsm: "dummy",
    lines: `
A place 1 0 0x38000 => 0
A w64 0x41302000 0x11
A w64 0x41303000 0x22
A entry 8 1 1 0x41302
# read-only self mapping granted onwards read-write
A map 0x44005000 6 8 1 => okay 0
A entry 11 1 1 0x44005
A map 0x44006000 2 11 1 => okay 1
A map 0x44006000 6 11 1 => okay 2
A map 0x44007000 2 11 1 => okay 3
A r64 0x44007000 => 0x11
A copy 11 1 0 0x41301 SELF 0 8 1 => okay
A copy 0x41301 SELF 0 11 1 0 8 2 => okay
A copy 0x41301 SELF 0 0x44005 SELF 0 8 0 => okay
A copy 0x44005 SELF 0 0x41301 SELF 0 8 0 => okay
# upgrade of a pinned entry that went read-only, or invalid
A entry 12 1 1 0x41303
A map 0x44008000 6 12 1 => okay 4
A entry 12 5 1 0x41303
A map 0x44009000 2 12 1 => general_error
A entry 12 0 1 0x41303
A map 0x44009000 2 12 1 => okay 6
A r16 0x38000060 => 0x18
A entry 13 1 1 0x41303
A map 0x4400b000 6 13 1 => okay 7
A entry 13 0 1 0x41303
A copy 0x41301 SELF 0 13 1 0 8 2 => okay
A r16 0x38000068 => 0x8
A copy 13 1 0 0x41301 SELF 0 8 1 => okay
A r16 0x38000068 => 0x8
A entry 13 5 1 0x41303
A copy 0x41301 SELF 0 13 1 0 8 2 => general_error
# sub page
A entry 15 0x101 1 0x41303
A map 0x4400c000 6 15 1 => general_error
A copy 15 1 0 0x41301 SELF 0 8 1 => okay
A copy 0x41301 SELF 0 15 1 0 8 2 => okay
# swap of a mapped entry
A entry 20 1 1 0x41302
A entry 21 5 2 0x41303
A map 0x4400d000 2 20 1 => okay 9
A swap 20 21 => eagain
A swap 20 20 => okay
# copy flags and directions with the same remote
A copy 0x41302 1 0 0x41301 1 0 8 0 => permission_denied
A copy 20 1 0 0x41301 1 0 8 1 => permission_denied
A copy 20 1 4097 0x44301 SELF 4097 8 1 => bad_page
A copy 20 1 4097 500 1 4097 8 3 => general_error
A copy 500 1 4097 0xffffffff 1 4097 8 3 => general_error
A copy 0xffffffff 1 4097 500 1 4097 8 3 => bad_gntref
A copy 0x44300 SELF 0 500 1 0 8 2 => bad_page
A copy 500 1 0 0x44300 SELF 0 8 1 => general_error
A copy 0x41302 1 0 0x41301 9 0 8 0 => bad_domain
A copy 0x41302 9 0 0x41301 1 0 8 0 => bad_domain
# map over a mapping that is in use, then its handle
A map 0x4400e000 2 8 1 => okay 10
A map 0x4400e000 6 8 1 => okay 11
A r16 0x38000040 => 0x19
# unmap with host_addr misfit keeps it; then right
A entry 22 1 1 0x41700
A map 0x41800000 2 22 1 => okay 12
A unmap 0x41800000 12 => okay
A r64 0x41800000 => abort
A r64 0x41800000 => abort
# query and version of another's
A entry 23 1 1 0x41201
A place 0 0 0x41201 => 0
A map 0x4400f000 2 23 1 => okay 13
A remove 0x41201 => 0
A r8 0x4400f000 => 0x0
A map 0x44010000 2 23 1 => okay 14
A place 0 0 0x41202 => 0
A unmap 0x4400f000 13 => okay
A map 0x44010000 2 23 1 => okay 15
`,
  },
];
