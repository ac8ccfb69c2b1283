The memory of machines: compressed kernel dumps

  $ mkdump $RECIPES/kdump-x64.recipe k
  $ osmodump info k
  File:            k
  Format:          kdump: Compressed Kernel Dump File (kdump version 6, not packed, level 31): Linux x64 kernel
  Size:            21207 bytes (20.710 kB)
  Machine:         x64
  System:          Linux 6.1.0-9-amd64
  Processors:      2
  Dump time:       Tue Nov 14 22:15:23.000 2023 (UTC + 0:00)
  Threads:         0
  Modules:         0
  
  Streams:
        type  name                                   offset        bytes
           0  header                                      0         4096
           1  sub header                               1000         4096
           2  bitmaps                                  2000         8192
           3  page descriptors                         4000          168
           4  vmcoreinfo                               1200           96
  
  Memory in the file:
    category     ranges             bytes
    physical          4             28672   28.000 kB
  $ osmodump info --json k | jq -c 'select(.kind == "dump") | [.format, .machine, .system, .processors]'
  ["kdump","x64",null,null]

Each page has its own compression; what is not there is a hole.

  $ osmodump convert -q --to raw k raw > said
  $ text() { tr -d '\0' < "$1" | sed 's/Z\{4096\}/[4096 Z]/'; echo; }
  $ text raw
  page of zlibpage of lzo[4096 Z]page of snappynext pagepage of zstdpage as it is
  $ stat -c %s raw
  1052672
  $ osmodump convert --to elf k elf > said
  $ osmodump info elf | sed -n '/^Format/p;/physical/p'
  Format:          elfcore: Kernel Core Dump File (vmcore): Linux x64 kernel, not a process
    physical          4             28672   28.000 kB
  $ osmodump convert --to raw elf raw2 > said && cmp raw raw2
  $ osmodump convert --to lime k l > said
  $ osmodump info l | sed -n '/^Format/p;/physical/p'
  Format:          lime: Physical Memory Image (LiME): copied while the system ran
    physical          4             28672   28.000 kB
  $ osmodump convert --to raw l raw2 --force > said && cmp raw raw2
  $ osmodump convert --format raw --to lime raw l2 > said && osmodump convert --force --to raw l2 raw2 > said && cmp raw raw2

Flattened, as it goes through a pipe; what was written later stands:

  $ mkdump $RECIPES/kdump-flat.recipe f
  $ osmodump info f | sed -n '/^Format/p;/physical/p'
  Format:          kdump: Compressed Kernel Dump File (kdump version 6, zlib, level 0): Linux x64 kernel
    physical          2             12288   12.000 kB
  $ osmodump convert --force --to raw f raw > said && text raw
  onetwothree
  $ head -c 5000 f > cut; osmodump info cut
  osmodump: cut: 480 bytes at offset 0x0 expected, the file has 0 bytes
  [3]

One part of a split dump, one that was not finished, old versions, 32 bits:

  $ mkdump - part <<'END'
  > kdump x86
  > header version=5
  > split 2 6
  > memory 0x1000 "not in this part"
  > memory 0x2000 "in this part"
  > END
  $ osmodump info part | sed -n '/^Format/p;/physical/p;/^Damaged/p'
  Format:          kdump: Compressed Kernel Dump File (kdump version 5, zlib, level 0): Linux x86 kernel
    physical          1              4096    4.000 kB
  Damaged: part: of a split dump, the part with page frames 0x0 to 0x2 is not here
  $ osmodump convert --force --to raw part raw > said && text raw
  in this part
  $ mkdump - old <<'END'
  > kdump arm64
  > header version=1 status=8
  > memory 0x1000 "old"
  > END
  $ osmodump info old | sed -n '/^Format/p;/physical/p;/^Damaged/p'
  Format:          kdump: Compressed Kernel Dump File (kdump version 1, zlib, level 0): Linux ARM64 kernel
    physical          1              4096    4.000 kB
  Damaged: old: its writer could not finish it: pages are missing

The parts of a split dump find each other, whatever their names:

  $ for part in "0 2 one" "2 4 zwei" "4 6 trois"; do set -- $part; printf '%s\n' 'kdump x64' 'header time=5' "split $1 $2" 'memory 0x1000 "first"' \
  > 'memory 0x2000 "second"' 'memory 0x5000 "third"' | mkdump - "$3"; done
  $ for f in one zwei trois; do osmodump info $f | sed -n '/physical/p;/^Damaged/p'; osmodump convert --force --to raw $f raw > said; text raw; done
    physical          2             12288   12.000 kB
  firstsecondthird
    physical          2             12288   12.000 kB
  firstsecondthird
    physical          2             12288   12.000 kB
  firstsecondthird
  $ rm zwei; osmodump info trois | sed -n '/physical/p;/^Damaged/p'
    physical          2              8192    8.000 kB
  Damaged: trois: of a split dump, the part with page frames 0x2 to 0x4 is not here

A page that an unfinished dump has no descriptor for is a hole:

  $ mkdump - unfinished <<'END'
  > kdump x64
  > header status=8
  > memory 0x1000 "one"
  > memory 0x2000 "two"
  > patch 0x4018 0000000000000000 00000000 00000000
  > END
  $ osmodump convert --force --to raw unfinished raw > said
  osmodump: unfinished: 4096 bytes of memory could not be read: they are zeros in the new file
  [1]
  $ text raw
  one

Written by ourselves: pages of zeros share one, notes come along, each compression gives the same memory, and a pipe gets a flattened file:

  $ osmodump convert --to kdump k ours
  ours: 24949 bytes, 7 pages, 0 of them zero
  $ osmodump info ours | sed -n '/^Format/p;/^System/p;/^Processors/p;/VMCOREINFO/p;/physical/p;/^Damaged/p'
  Format:          kdump: Compressed Kernel Dump File (kdump version 6, zlib, level 31): Linux x64 kernel
  System:          Linux 6.1.0-9-amd64
  Processors:      2
           0  unknown                                  1218           96  VMCOREINFO
    physical          4             28672   28.000 kB
  $ osmodump convert --force --to raw k raw > said
  $ for how in zlib:9 zstd snappy none; do osmodump convert -q --force --to kdump --compress $how k ours > said && osmodump convert -q --force --to raw ours raw2 > said && cmp raw raw2; done
  $ osmodump convert --to kdump k - | cat > flat; osmodump info flat | sed -n '/^Format/p;/^Damaged/p'; osmodump convert --force --to raw flat raw2 > said && cmp raw raw2
  Format:          kdump: Compressed Kernel Dump File (kdump version 6, zlib, level 31): Linux x64 kernel
  $ mkdump - zeros <<'END'
  > kdump x64
  > memory 0x1000 zero 8192 "x"
  > END
  $ osmodump convert --json --to kdump zeros z | jq -c '[.pages, .zero_pages]'
  [3,2]
  $ osmodump convert --to kdump --compress lz4 k x
  osmodump: --compress: 'lz4' is none of zlib, zlib:LEVEL (1 to 9), zstd, zstd:LEVEL (1 to 19), snappy, none, which pages of a kdump may have
  [2]
  $ osmodump convert --format raw --to kdump raw x
  osmodump: raw: a compressed kernel dump has to name its machine, and nothing in the memory tells which it is
  [3]

Damage:

  $ mkdump - bad <<'END'
  > kdump x64
  > pack lzo
  > memory 0x1000 "one"
  > pack none
  > memory 0x2000 "two"
  > patch 0x4030 ff ff ff ff
  > END
  $ osmodump convert --force --to raw bad raw > said
  osmodump: bad: 4096 bytes of memory could not be read: they are zeros in the new file
  [1]
  $ text raw
  two
  $ mkdump - bad <<'END'
  > kdump x64
  > memory 0x1000 "one"
  > patch 0x1ac 01
  > END
  $ osmodump info bad
  osmodump: bad: offset 0x1ac: a block size of 4097 (a power of two from 4096 to 65536 expected)
  [3]
  $ mkdump - bad <<'END'
  > kdump x64
  > header frames=0x800000 bitmaps=2
  > memory 0x1000 "one"
  > END
  $ osmodump info bad
  osmodump: bad: 8388608 page frames in bitmaps of 8192 bytes
  [3]
  $ mkdump - bad <<'END'
  > kdump x64
  > uts machine=vax
  > END
  $ osmodump info bad
  osmodump: bad: a compressed kernel dump of a machine that is not known here ("vax")
  [3]
  $ head -c 100 k > cut; osmodump info cut
  osmodump: cut: 480 bytes at offset 0x0 expected, the file has 100 bytes
  [3]
  $ head -c 9000 k > cut; osmodump info cut
  osmodump: cut: bitmap of pages at offset 0x3000: 33 bytes expected, the file has 9000 bytes
  [3]

LiME and AVML

  $ mkdump $RECIPES/lime.recipe l
  $ osmodump info l
  File:            l
  Format:          lime: Physical Memory Image (LiME): copied while the system ran
  Size:            8256 bytes (8.062 kB)
  Machine:         unknown
  System:          unknown
  Threads:         0
  Modules:         0
  
  Memory in the file:
    category     ranges             bytes
    physical          2              8192    8.000 kB
  $ osmodump convert --force --to raw l raw > said && text raw
  first rangesecond range
  $ head -c 8000 l > cut
  $ osmodump info cut | sed -n '/physical/p;/^Damaged/p'
    physical          2              7936    7.750 kB
  Damaged: cut: offset 0x1020: a range of 4096 bytes, and 3840 are in the file
  $ mkdump $RECIPES/avml.recipe a
  $ osmodump info a | sed -n '/^Format/p;/physical/p'
  Format:          lime: Physical Memory Image (AVML): copied while the system ran
    physical          2             73728   72.000 kB
  $ osmodump convert --force --to raw a raw > said && text raw && stat -c %s raw
  first rangesecond range
  1052672
  $ head -c 4000 a > cut
  $ osmodump info cut | sed -n '/physical/p;/^Damaged/p'
    physical          2             73728   72.000 kB
  Damaged: cut: offset 0xd39: the stream of a range ends behind the end of the file (0xfa0)
  $ osmodump convert --force --to raw cut raw > said && text raw
  osmodump: cut: 4096 bytes of memory could not be read: they are zeros in the new file
  [1]
  $ printf 'EMiL\001\000\000\000' > cut; osmodump info cut
  osmodump: cut: 32 bytes at offset 0x0 expected, the file has 8 bytes
  [3]

No kernel is in these:

  $ osmodump analyze k
  osmodump: the memory of a machine: k: VMCOREINFO says nothing of SYMBOL(swapper_pg_dir)
  [3]
  $ osmodump k -c k
  osmodump: the memory of a machine: k: VMCOREINFO says nothing of SYMBOL(swapper_pg_dir)
  [3]

Of a process there is no such memory:

  $ mkdump $RECIPES/elf-x64.recipe core
  $ osmodump convert --to raw core raw --force
  osmodump: core: no physical memory in it: it is not the dump of a machine
  [3]
  $ osmodump convert --to tar k x
  osmodump: no kind of memory image "tar" (there are: elf, kdump, lime, raw)
  [2]
