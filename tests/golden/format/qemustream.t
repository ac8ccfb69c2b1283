Migration streams of QEMU

  $ mkdump $RECIPES/qemustream.recipe q
  $ osmodump info q
  File:            q
  Format:          qemu: QEMU Migration Stream (pc-i440fx-7.2)
  Size:            29445 bytes (28.755 kB)
  Machine:         x64
  System:          Linux 6.1.0-9-amd64
  Processors:      2
  Written by:      QEMU
  Threads:         2
  Modules:         0
  
  Streams:
        type  name                                   offset        bytes
           0  state of cpu                             60f8          312
           1  state of cpu                             6246          312
           0  state of timer                           6396           24
           0  state of vmcoreinfo                      63cb           13
           1  NT_PRSTATUS                              6c95          336  CORE
           1  NT_PRSTATUS                              6de5          336  CORE
           0  unknown                                  6f35          440  QEMU
           0  unknown                                  70ed          440  QEMU
           0  NT_VMCOREINFO                            72a5           96  VMCOREINFO
  
  Memory in the file:
    category     ranges             bytes
    physical          3             24576   24.000 kB
  $ text() { tr -d '\0' < "$1" | sed 's/Z\{4096\}/[4096 Z]/'; echo; }

Of pages that were sent twice the later one stands; firmware lies below 4 GB, the video card's memory nowhere:

  $ osmodump convert --to lime q l && osmodump info l | sed -n '/physical/p'
  l: 24672 bytes, 20480 of them written
    physical          3             24576   24.000 kB
  $ osmodump convert --to elf q e > said && osmodump info e | sed -n '/^Format/p;/^System/p;/PRSTATUS/p;/VMCOREINFO/p'
  Format:          elfcore: Kernel Core Dump File (vmcore): Linux x64 kernel, not a process
  System:          Linux 6.1.0-9-amd64
           1  NT_PRSTATUS                               134          336  CORE
           1  NT_PRSTATUS                               298          336  CORE
           0  VMCOREINFO                                798           96  VMCOREINFO
  $ osmodump convert --to kdump q k && osmodump convert -q --to raw k raw > said && text raw
  k: 24891 bytes, 5 pages, 1 of them zero; 4096 bytes of devices' memory left out
  first pagewhat it was in the end[4096 Z]\x0b`VMCOREINFOOSRELEASE=6.1.0-9-amd64 (esc)
  PAGESIZE=4096
  SYMBOL(init_top_pgt)=ffffffff82c10000
  NUMBER(phys_base)=0
  

With the memory's place in the file (mapped-ram), and memory above the hole, as the CMOS says:

  $ mkdump - m <<'END'
  > qemustream pc-q35-9.0 mapped-ram
  > block pc.ram 0x1400000
  > block pc.rom 0x1000
  > page pc.ram 0x1000 "low"
  > page pc.ram 0x13ff000 "high"
  > cmos 0x1200000 0x200000
  > END
  $ osmodump info m | sed -n '/^Format/p;/physical/p;/^Damaged/p'
  Format:          qemu: QEMU Migration Stream (pc-q35-9.0, mapped-ram)
    physical          2          20971520   20.000 MB
  $ osmodump convert --to lime m l2 > said; text l2 | tail -c 13
  iL\x01\x01\xff\xff\x1f\x01high (esc)

Streams that were cut off, or have no description: what came is there.

  $ head -c 20000 q > cut; osmodump info cut | sed -n '/^Processors/p;/physical/p;/^Damaged/p'
    physical          2             20480   20.000 kB
  Damaged: cut: offset 0x40d2: the stream ends in a page of RAM
  $ (cat $RECIPES/qemustream.recipe; echo no-description) | mkdump - d && osmodump info d | sed -n '/physical/p;/^Damaged/p'
    physical          3             24576   24.000 kB
  Damaged: d: no description of the devices at the stream's end: their state, the processors' registers first of all, cannot be read
  $ head -c 30 q > cut; osmodump info cut
  osmodump: cut: the stream ends at offset 0x1b, where 4 bytes were expected
  [3]

What cannot be read:

  $ printf 'qemustream\nblock pc.ram 0x1000\npatch 0x54 0000000000000048\n' | mkdump - x && osmodump info x
  osmodump: x: offset 0x54: RAM with flags 0x48: differences of pages (xbzrle): the pages before them are not all in the stream
  [3]
  $ printf 'qemustream\nblock pc.ram 0x1000\npatch 4 00000002\n' | mkdump - x && osmodump info x
  osmodump: x: a migration stream of version 2 (3 is known)
  [3]
  $ printf 'qemustream\nblock ram-node0 0x1000\nblock ram-node1 0x1000\npage ram-node0 0 "x"\n' | mkdump - x && osmodump info x | sed -n '/^Damaged/p;/physical/p'
  Damaged: x: which of the 2 RAM blocks is the machine's memory, or which part of it, is not known (machine "pc-i440fx-7.2")
