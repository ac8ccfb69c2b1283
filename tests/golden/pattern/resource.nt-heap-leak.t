Memory leak (process heap), Windows.

  $ found() { osmodump analyze -q $1 --threshold heap-leak.megabytes=1 | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it:

  $ cat > has.recipe <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000
  >   at 0x3010e8 u32 1 16 u64 0x302000 at 0x301200 u64 0
  > memory 0x302000 u64 0x500000
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000 reserve=0x400000 commit=0x200000
  > heap-block 24 "first"
  > heap-block 104 n=12000 u64 0x7ff700002000 "leaked" name=leaked
  > END
  $ mkdump has.recipe has
  $ found has resource.nt-heap-leak
  1. Memory leak (process heap) [resource.nt-heap-leak]: warning, 70 % sure (a cache or a collection that is meant to be large looks the same)
     Heap leak: heap 0x500000 has 12000 busy blocks of 104 bytes, 1 MB: 99 % of its blocks, 59 % of the process's private memory.
     - the first of them; 0000000000500750      [!heap -x 0x500750]
     - its contents; 0000000000500750      [db 0x500750 L40]
     - the last of them, by address; 00000000006488e0      [!heap -x 0x6488e0]
     - its contents; 00000000006488e0      [db 0x6488e0 L40]
     - one of them begins with app+0x2000: a table of functions tells the class; 00000000006488e0 has 0x7ff700002000      [dq 0x6488e0 L1]
     Thresholds: heap-leak.blocks=10000 blocks, heap-leak.percent=40 percent, heap-leak.share=50 percent, heap-leak.megabytes=1 MB, heap-leak.heaps=256 heaps
     What to do: Look at the contents of several of the blocks (dps, db): a table of functions or text tells what they are. Compare !heap -stat of two dumps. Stack traces of allocations (gflags +ust, DebugDiag) name who allocates.
  

It has it: large blocks:

  $ cat > large.recipe <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000
  >   at 0x3010e8 u32 1 16 u64 0x302000 at 0x301200 u64 0
  > memory 0x302000 u64 0x500000
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000
  > heap-large 0x1000000 0x80000 "large"
  > heap-large 0x1100000 0x80000 "large"
  > heap-large 0x1200000 0x80000 "large"
  > heap-large 0x1300000 0x80000 "large"
  > END
  $ mkdump large.recipe large
  $ found large resource.nt-heap-leak
  $ osmodump analyze -q large --threshold heap-leak.megabytes=1 --threshold heap-leak.blocks=4 | sed -n "/nt-heap-leak/,/^ *$/p"
  1. Memory leak (process heap) [resource.nt-heap-leak]: warning, 70 % sure (a cache or a collection that is meant to be large looks the same)
     Heap leak: heap 0x500000 has 4 busy blocks of 524288 bytes, 2 MB: 100 % of its blocks, 98 % of the process's private memory.
     - the first of them; 0000000001000040      [!heap -x 0x1000040]
     - its contents; 0000000001000040      [db 0x1000040 L40]
     - the last of them, by address; 0000000001300040      [!heap -x 0x1300040]
     - its contents; 0000000001300040      [db 0x1300040 L40]
     Thresholds: heap-leak.blocks=4 blocks, heap-leak.percent=40 percent, heap-leak.share=50 percent, heap-leak.megabytes=1 MB, heap-leak.heaps=256 heaps
     What to do: Look at the contents of several of the blocks (dps, db): a table of functions or text tells what they are. Compare !heap -stat of two dumps. Stack traces of allocations (gflags +ust, DebugDiag) name who allocates.
  

It has it not: as many blocks of many sizes:

  $ cat > hasnot.recipe <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000
  >   at 0x3010e8 u32 1 16 u64 0x302000 at 0x301200 u64 0
  > memory 0x302000 u64 0x500000
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000 reserve=0x400000 commit=0x200000
  > heap-block 24 n=1200
  > heap-block 40 n=1200
  > heap-block 56 n=1200
  > heap-block 72 n=1200
  > heap-block 88 n=1200
  > heap-block 104 n=1200
  > heap-block 120 n=1200
  > heap-block 136 n=1200
  > heap-block 152 n=1200
  > heap-block 168 n=1200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot resource.nt-heap-leak

It nearly has it: as many, but they are less than was asked for:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000
  >   at 0x3010e8 u32 1 16 u64 0x302000 at 0x301200 u64 0
  > memory 0x302000 u64 0x500000
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000 reserve=0x400000 commit=0x200000
  > heap-block 24 "first"
  > heap-block 24 n=12000 u64 0x7ff700002000 "leaked" name=leaked
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly resource.nt-heap-leak

It has it: very many heaps:

  $ cat > heaps.recipe <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000
  >   at 0x3010e8 u32 300 16 u64 0x302000 at 0x301200 u64 0
  > memory 0x302000 u64 0x1000000 0x1010000 0x1020000 0x1030000 0x1040000 0x1050000 0x1060000 0x1070000 0x1080000 0x1090000 0x10a0000 0x10b0000 0x10c0000 0x10d0000 0x10e0000 0x10f0000 0x1100000 0x1110000 0x1120000 0x1130000 0x1140000 0x1150000 0x1160000 0x1170000 0x1180000 0x1190000 0x11a0000 0x11b0000 0x11c0000 0x11d0000 0x11e0000 0x11f0000 0x1200000 0x1210000 0x1220000 0x1230000 0x1240000 0x1250000 0x1260000 0x1270000 0x1280000 0x1290000 0x12a0000 0x12b0000 0x12c0000 0x12d0000 0x12e0000 0x12f0000 0x1300000 0x1310000 0x1320000 0x1330000 0x1340000 0x1350000 0x1360000 0x1370000 0x1380000 0x1390000 0x13a0000 0x13b0000 0x13c0000 0x13d0000 0x13e0000 0x13f0000 0x1400000 0x1410000 0x1420000 0x1430000 0x1440000 0x1450000 0x1460000 0x1470000 0x1480000 0x1490000 0x14a0000 0x14b0000 0x14c0000 0x14d0000 0x14e0000 0x14f0000 0x1500000 0x1510000 0x1520000 0x1530000 0x1540000 0x1550000 0x1560000 0x1570000 0x1580000 0x1590000 0x15a0000 0x15b0000 0x15c0000 0x15d0000 0x15e0000 0x15f0000 0x1600000 0x1610000 0x1620000 0x1630000 0x1640000 0x1650000 0x1660000 0x1670000 0x1680000 0x1690000 0x16a0000 0x16b0000 0x16c0000 0x16d0000 0x16e0000 0x16f0000 0x1700000 0x1710000 0x1720000 0x1730000 0x1740000 0x1750000 0x1760000 0x1770000 0x1780000 0x1790000 0x17a0000 0x17b0000 0x17c0000 0x17d0000 0x17e0000 0x17f0000 0x1800000 0x1810000 0x1820000 0x1830000 0x1840000 0x1850000 0x1860000 0x1870000 0x1880000 0x1890000 0x18a0000 0x18b0000 0x18c0000 0x18d0000 0x18e0000 0x18f0000 0x1900000 0x1910000 0x1920000 0x1930000 0x1940000 0x1950000 0x1960000 0x1970000 0x1980000 0x1990000 0x19a0000 0x19b0000 0x19c0000 0x19d0000 0x19e0000 0x19f0000 0x1a00000 0x1a10000 0x1a20000 0x1a30000 0x1a40000 0x1a50000 0x1a60000 0x1a70000 0x1a80000 0x1a90000 0x1aa0000 0x1ab0000 0x1ac0000 0x1ad0000 0x1ae0000 0x1af0000 0x1b00000 0x1b10000 0x1b20000 0x1b30000 0x1b40000 0x1b50000 0x1b60000 0x1b70000 0x1b80000 0x1b90000 0x1ba0000 0x1bb0000 0x1bc0000 0x1bd0000 0x1be0000 0x1bf0000 0x1c00000 0x1c10000 0x1c20000 0x1c30000 0x1c40000 0x1c50000 0x1c60000 0x1c70000 0x1c80000 0x1c90000 0x1ca0000 0x1cb0000 0x1cc0000 0x1cd0000 0x1ce0000 0x1cf0000 0x1d00000 0x1d10000 0x1d20000 0x1d30000 0x1d40000 0x1d50000 0x1d60000 0x1d70000 0x1d80000 0x1d90000 0x1da0000 0x1db0000 0x1dc0000 0x1dd0000 0x1de0000 0x1df0000 0x1e00000 0x1e10000 0x1e20000 0x1e30000 0x1e40000 0x1e50000 0x1e60000 0x1e70000 0x1e80000 0x1e90000 0x1ea0000 0x1eb0000 0x1ec0000 0x1ed0000 0x1ee0000 0x1ef0000 0x1f00000 0x1f10000 0x1f20000 0x1f30000 0x1f40000 0x1f50000 0x1f60000 0x1f70000 0x1f80000 0x1f90000 0x1fa0000 0x1fb0000 0x1fc0000 0x1fd0000 0x1fe0000 0x1ff0000 0x2000000 0x2010000 0x2020000 0x2030000 0x2040000 0x2050000 0x2060000 0x2070000 0x2080000 0x2090000 0x20a0000 0x20b0000 0x20c0000 0x20d0000 0x20e0000 0x20f0000 0x2100000 0x2110000 0x2120000 0x2130000 0x2140000 0x2150000 0x2160000 0x2170000 0x2180000 0x2190000 0x21a0000 0x21b0000 0x21c0000 0x21d0000 0x21e0000 0x21f0000 0x2200000 0x2210000 0x2220000 0x2230000 0x2240000 0x2250000 0x2260000 0x2270000 0x2280000 0x2290000 0x22a0000 0x22b0000
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > END
  $ mkdump heaps.recipe heaps
  $ found heaps resource.nt-heap-leak
  1. Memory leak (process heap) [resource.nt-heap-leak]: warning, 75 % sure
     Heap leak: the process has 300 heaps: heaps are created and not destroyed.
     - the last of them; 00000000022b0000      [!heap]
     Thresholds: heap-leak.blocks=10000 blocks, heap-leak.percent=40 percent, heap-leak.share=50 percent, heap-leak.megabytes=1 MB, heap-leak.heaps=256 heaps
     What to do: Look at the contents of several of the blocks (dps, db): a table of functions or text tells what they are. Compare !heap -stat of two dumps. Stack traces of allocations (gflags +ust, DebugDiag) name who allocates.
  
