#!/bin/sh
# Records the blobs and dtc's text of them anew, with dtc 1.6.1 and QEMU 7.2 or later:
#   sh packages/fdt/vectors/record.sh
set -eu
cd "$(dirname "$0")"
for name in virt dom0less forms; do
  dtc -q -I dts -O dtb -b 0 -o "$name.dtb" "$name.dts"
  dtc -q -I dtb -O dts -o "$name.txt" "$name.dtb"
done
# of the version before, without the size of the structure block
dtc -q -I dts -O dtb -V 16 -b 0 -o virt-v16.dtb virt.dts
# QEMU's own machine, by another builder; the last field of what is used says where its megabyte of zeroes begins
qemu-system-aarch64 -machine virt,gic-version=3,dumpdtb=qemu.full -cpu cortex-a57 -smp 2 -m 512
dtc -q -I dtb -O dts -o qemu.txt qemu.full
word() { printf '%d' "0x$(od -An -tx1 -j "$1" -N 4 qemu.full | tr -d ' \n')"; }
size=$(($(word 12) + $(word 32)))
head -c "$size" qemu.full > qemu.dtb
printf "$(printf '\\%03o\\%03o\\%03o\\%03o' $((size >> 24)) $((size >> 16 & 255)) $((size >> 8 & 255)) $((size & 255)))" |
  dd of=qemu.dtb bs=1 seek=4 conv=notrunc status=none
rm qemu.full
