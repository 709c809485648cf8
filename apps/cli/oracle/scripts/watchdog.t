# SCHEDOP_watchdog: two timers a domain.  Each domain ends in its own way; dom0 reads how.
%include lib.inc
%xen dom0_mem=64M
macro watchdog id timeout
  w32 BUF id
  w32 BUF+4 timeout
  hc sched_op 6 BUF
  dump BUF 8
endm
@A
note ids are 1 and 2; a third is refused
watchdog 0 100
watchdog 0 100
watchdog 0 100
watchdog 0 0
watchdog 3 100
watchdog 3 0
watchdog 4 0
watchdog 0xffffffff 100
watchdog 0xffffffff 0
watchdog 1 100
watchdog 2 200
watchdog 1 0
watchdog 1 0
watchdog 1 100
watchdog 0 50
watchdog 2 0
watchdog 0 0xffffffff
watchdog 2 0
hc sched_op 6 UNMAPPED
hc sched_op 6 0
note never ends: stopped in time
watchdog 1 1
sleep 500
watchdog 1 2
sleep 1500
watchdog 1 0
watchdog 2 0
sleep 1500
hc xen_version 0 0
@B
note a timeout of 0 for a new timer ends the domain at once
hc xen_version 0 0
watchdog 0 0
hc xen_version 0 0
@C
note ends after a second
watchdog 0 1
sleep 600
hc xen_version 0 0
sleep 600
hc xen_version 0 0
@D
note blocked: ends all the same
watchdog 0 100
watchdog 0 1
hc sched_op 1 0
hc xen_version 0 0
@E
note shutdown first
watchdog 0 1
w32 BUF 0
hc sched_op 2 BUF
@F
note too large a timeout
watchdog 0 0x7fffffff
watchdog 0 0x80000000
sleep 100
hc xen_version 0 0
@G
note 4294967295 s
watchdog 0 0xffffffff
sleep 100
hc xen_version 0 0
@0
const BUF 0x45000000
macro info dom
  w32 BUF 5
  w32 BUF+4 0x15
  w16 BUF+8 dom
  hc domctl BUF
  r64 BUF+16
endm
sleep 900
info 2
info 3
info 4
info 5
sleep 3000
info 1
info 2
info 3
info 4
info 5
info 6
info 7
watchdog 0 100
watchdog 1 0
