Insufficient memory (address space).

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it, fragmented: a region every 48 MB:

  $ cat > has.recipe <<'END'
  > minidump x86
  > system windows 6.1.7601
  > module 0x400000 0x10000 C:\demo\demo.exe
  > memory 0x401000 fill 0x20 0x90
  > memory 0x12f000 zero 0x100
  > thread 0x10 eip=0x401000 esp=0x12f000
  > region 0x10000 0xff0000 state=commit protect=rw type=private
  > region 0x1000000 0x100000 state=commit protect=rw type=private
  > region 0x4000000 0x100000 state=commit protect=rw type=private
  > region 0x7000000 0x100000 state=commit protect=rw type=private
  > region 0xa000000 0x100000 state=commit protect=rw type=private
  > region 0xd000000 0x100000 state=commit protect=rw type=private
  > region 0x10000000 0x100000 state=commit protect=rw type=private
  > region 0x13000000 0x100000 state=commit protect=rw type=private
  > region 0x16000000 0x100000 state=commit protect=rw type=private
  > region 0x19000000 0x100000 state=commit protect=rw type=private
  > region 0x1c000000 0x100000 state=commit protect=rw type=private
  > region 0x1f000000 0x100000 state=commit protect=rw type=private
  > region 0x22000000 0x100000 state=commit protect=rw type=private
  > region 0x25000000 0x100000 state=commit protect=rw type=private
  > region 0x28000000 0x100000 state=commit protect=rw type=private
  > region 0x2b000000 0x100000 state=commit protect=rw type=private
  > region 0x2e000000 0x100000 state=commit protect=rw type=private
  > region 0x31000000 0x100000 state=commit protect=rw type=private
  > region 0x34000000 0x100000 state=commit protect=rw type=private
  > region 0x37000000 0x100000 state=commit protect=rw type=private
  > region 0x3a000000 0x100000 state=commit protect=rw type=private
  > region 0x3d000000 0x100000 state=commit protect=rw type=private
  > region 0x40000000 0x100000 state=commit protect=rw type=private
  > region 0x43000000 0x100000 state=commit protect=rw type=private
  > region 0x46000000 0x100000 state=commit protect=rw type=private
  > region 0x49000000 0x100000 state=commit protect=rw type=private
  > region 0x4c000000 0x100000 state=commit protect=rw type=private
  > region 0x4f000000 0x100000 state=commit protect=rw type=private
  > region 0x52000000 0x100000 state=commit protect=rw type=private
  > region 0x55000000 0x100000 state=commit protect=rw type=private
  > region 0x58000000 0x100000 state=commit protect=rw type=private
  > region 0x5b000000 0x100000 state=commit protect=rw type=private
  > region 0x5e000000 0x100000 state=commit protect=rw type=private
  > region 0x61000000 0x100000 state=commit protect=rw type=private
  > region 0x64000000 0x100000 state=commit protect=rw type=private
  > region 0x67000000 0x100000 state=commit protect=rw type=private
  > region 0x6a000000 0x100000 state=commit protect=rw type=private
  > region 0x6d000000 0x100000 state=commit protect=rw type=private
  > region 0x70000000 0x100000 state=commit protect=rw type=private
  > region 0x73000000 0x100000 state=commit protect=rw type=private
  > region 0x76000000 0x100000 state=commit protect=rw type=private
  > region 0x79000000 0x100000 state=commit protect=rw type=private
  > region 0x7c000000 0x100000 state=commit protect=rw type=private
  > region 0x7f000000 0xff0000 state=commit protect=rw type=private
  > END
  $ mkdump has.recipe has
  $ found has resource.address-space
  1. Insufficient memory (address space) [resource.address-space]: warning, 85 % sure
     Address space: the largest free block of the 2048 MB has 47 MB; it is fragmented, 1974 MB are free.
     - the region below the largest free block, which begins at 0x1100000; 01000000      [!address 0x1000000]
     - the regions by use      [!address -summary]
     Thresholds: space.largest=64 MB, space.free=300 MB
     What to do: See what takes the space (!address -summary). Use a 64-bit program, or one that is marked as aware of large addresses; give stacks and heaps smaller reserves.
  

It has it, full: nothing is left:

  $ cat > full.recipe <<'END'
  > minidump x86
  > system windows 6.1.7601
  > module 0x400000 0x10000 C:\demo\demo.exe
  > memory 0x401000 fill 0x20 0x90
  > memory 0x12f000 zero 0x100
  > thread 0x10 eip=0x401000 esp=0x12f000
  > region 0x10000 0xff0000 state=commit protect=rw type=private
  > region 0x1000000 0x2f00000 state=commit protect=rw type=private
  > region 0x4000000 0x2f00000 state=commit protect=rw type=private
  > region 0x7000000 0x2f00000 state=commit protect=rw type=private
  > region 0xa000000 0x2f00000 state=commit protect=rw type=private
  > region 0xd000000 0x2f00000 state=commit protect=rw type=private
  > region 0x10000000 0x2f00000 state=commit protect=rw type=private
  > region 0x13000000 0x2f00000 state=commit protect=rw type=private
  > region 0x16000000 0x2f00000 state=commit protect=rw type=private
  > region 0x19000000 0x2f00000 state=commit protect=rw type=private
  > region 0x1c000000 0x2f00000 state=commit protect=rw type=private
  > region 0x1f000000 0x2f00000 state=commit protect=rw type=private
  > region 0x22000000 0x2f00000 state=commit protect=rw type=private
  > region 0x25000000 0x2f00000 state=commit protect=rw type=private
  > region 0x28000000 0x2f00000 state=commit protect=rw type=private
  > region 0x2b000000 0x2f00000 state=commit protect=rw type=private
  > region 0x2e000000 0x2f00000 state=commit protect=rw type=private
  > region 0x31000000 0x2f00000 state=commit protect=rw type=private
  > region 0x34000000 0x2f00000 state=commit protect=rw type=private
  > region 0x37000000 0x2f00000 state=commit protect=rw type=private
  > region 0x3a000000 0x2f00000 state=commit protect=rw type=private
  > region 0x3d000000 0x2f00000 state=commit protect=rw type=private
  > region 0x40000000 0x2f00000 state=commit protect=rw type=private
  > region 0x43000000 0x2f00000 state=commit protect=rw type=private
  > region 0x46000000 0x2f00000 state=commit protect=rw type=private
  > region 0x49000000 0x2f00000 state=commit protect=rw type=private
  > region 0x4c000000 0x2f00000 state=commit protect=rw type=private
  > region 0x4f000000 0x2f00000 state=commit protect=rw type=private
  > region 0x52000000 0x2f00000 state=commit protect=rw type=private
  > region 0x55000000 0x2f00000 state=commit protect=rw type=private
  > region 0x58000000 0x2f00000 state=commit protect=rw type=private
  > region 0x5b000000 0x2f00000 state=commit protect=rw type=private
  > region 0x5e000000 0x2f00000 state=commit protect=rw type=private
  > region 0x61000000 0x2f00000 state=commit protect=rw type=private
  > region 0x64000000 0x2f00000 state=commit protect=rw type=private
  > region 0x67000000 0x2f00000 state=commit protect=rw type=private
  > region 0x6a000000 0x2f00000 state=commit protect=rw type=private
  > region 0x6d000000 0x2f00000 state=commit protect=rw type=private
  > region 0x70000000 0x2f00000 state=commit protect=rw type=private
  > region 0x73000000 0x2f00000 state=commit protect=rw type=private
  > region 0x76000000 0x2f00000 state=commit protect=rw type=private
  > region 0x79000000 0x2f00000 state=commit protect=rw type=private
  > region 0x7c000000 0x2f00000 state=commit protect=rw type=private
  > region 0x7ef00000 0x10f0000 state=commit protect=rw type=private
  > END
  $ mkdump full.recipe full
  $ found full resource.address-space
  1. Insufficient memory (address space) [resource.address-space]: warning, 85 % sure
     Address space: the largest free block of the 2048 MB has 1 MB, 41 MB are free.
     - the region below the largest free block, which begins at 0x3f00000; 01000000      [!address 0x1000000]
     - the regions by use      [!address -summary]
     Thresholds: space.largest=64 MB, space.free=300 MB
     What to do: See what takes the space (!address -summary). Use a 64-bit program, or one that is marked as aware of large addresses; give stacks and heaps smaller reserves.
  

It has it not:

  $ cat > hasnot.recipe <<'END'
  > minidump x86
  > system windows 6.1.7601
  > module 0x400000 0x10000 C:\demo\demo.exe
  > memory 0x401000 fill 0x20 0x90
  > memory 0x12f000 zero 0x100
  > thread 0x10 eip=0x401000 esp=0x12f000
  > region 0x1000000 0x100000 state=commit protect=rw type=private
  > region 0x1200000 0x100000 state=commit protect=rw type=private
  > region 0x1400000 0x100000 state=commit protect=rw type=private
  > region 0x1600000 0x100000 state=commit protect=rw type=private
  > region 0x1800000 0x100000 state=commit protect=rw type=private
  > region 0x1a00000 0x100000 state=commit protect=rw type=private
  > region 0x1c00000 0x100000 state=commit protect=rw type=private
  > region 0x1e00000 0x100000 state=commit protect=rw type=private
  > region 0x2000000 0x100000 state=commit protect=rw type=private
  > region 0x2200000 0x100000 state=commit protect=rw type=private
  > region 0x2400000 0x100000 state=commit protect=rw type=private
  > region 0x2600000 0x100000 state=commit protect=rw type=private
  > region 0x2800000 0x100000 state=commit protect=rw type=private
  > region 0x2a00000 0x100000 state=commit protect=rw type=private
  > region 0x2c00000 0x100000 state=commit protect=rw type=private
  > region 0x2e00000 0x100000 state=commit protect=rw type=private
  > region 0x3000000 0x100000 state=commit protect=rw type=private
  > region 0x3200000 0x100000 state=commit protect=rw type=private
  > region 0x3400000 0x100000 state=commit protect=rw type=private
  > region 0x3600000 0x100000 state=commit protect=rw type=private
  > region 0x3800000 0x100000 state=commit protect=rw type=private
  > region 0x3a00000 0x100000 state=commit protect=rw type=private
  > region 0x3c00000 0x100000 state=commit protect=rw type=private
  > region 0x3e00000 0x100000 state=commit protect=rw type=private
  > region 0x4000000 0x100000 state=commit protect=rw type=private
  > region 0x4200000 0x100000 state=commit protect=rw type=private
  > region 0x4400000 0x100000 state=commit protect=rw type=private
  > region 0x4600000 0x100000 state=commit protect=rw type=private
  > region 0x4800000 0x100000 state=commit protect=rw type=private
  > region 0x4a00000 0x100000 state=commit protect=rw type=private
  > region 0x4c00000 0x100000 state=commit protect=rw type=private
  > region 0x4e00000 0x100000 state=commit protect=rw type=private
  > region 0x5000000 0x100000 state=commit protect=rw type=private
  > region 0x5200000 0x100000 state=commit protect=rw type=private
  > region 0x5400000 0x100000 state=commit protect=rw type=private
  > region 0x5600000 0x100000 state=commit protect=rw type=private
  > region 0x5800000 0x100000 state=commit protect=rw type=private
  > region 0x5a00000 0x100000 state=commit protect=rw type=private
  > region 0x5c00000 0x100000 state=commit protect=rw type=private
  > region 0x5e00000 0x100000 state=commit protect=rw type=private
  > region 0x6000000 0x100000 state=commit protect=rw type=private
  > region 0x6200000 0x100000 state=commit protect=rw type=private
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot resource.address-space

It nearly has it: the largest block has 95 MB; and a list of so few regions is not of the whole space:

  $ cat > nearly.recipe <<'END'
  > minidump x86
  > system windows 6.1.7601
  > module 0x400000 0x10000 C:\demo\demo.exe
  > memory 0x401000 fill 0x20 0x90
  > memory 0x12f000 zero 0x100
  > thread 0x10 eip=0x401000 esp=0x12f000
  > region 0x1000000 0x100000 state=commit protect=rw type=private
  > region 0x7000000 0x100000 state=commit protect=rw type=private
  > region 0xd000000 0x100000 state=commit protect=rw type=private
  > region 0x13000000 0x100000 state=commit protect=rw type=private
  > region 0x19000000 0x100000 state=commit protect=rw type=private
  > region 0x1f000000 0x100000 state=commit protect=rw type=private
  > region 0x25000000 0x100000 state=commit protect=rw type=private
  > region 0x2b000000 0x100000 state=commit protect=rw type=private
  > region 0x31000000 0x100000 state=commit protect=rw type=private
  > region 0x37000000 0x100000 state=commit protect=rw type=private
  > region 0x3d000000 0x100000 state=commit protect=rw type=private
  > region 0x43000000 0x100000 state=commit protect=rw type=private
  > region 0x49000000 0x100000 state=commit protect=rw type=private
  > region 0x4f000000 0x100000 state=commit protect=rw type=private
  > region 0x55000000 0x100000 state=commit protect=rw type=private
  > region 0x5b000000 0x100000 state=commit protect=rw type=private
  > region 0x61000000 0x100000 state=commit protect=rw type=private
  > region 0x67000000 0x100000 state=commit protect=rw type=private
  > region 0x6d000000 0x100000 state=commit protect=rw type=private
  > region 0x73000000 0x100000 state=commit protect=rw type=private
  > region 0x1200000 0x10000 state=commit protect=rw type=private
  > region 0x1220000 0x10000 state=commit protect=rw type=private
  > region 0x1240000 0x10000 state=commit protect=rw type=private
  > region 0x1260000 0x10000 state=commit protect=rw type=private
  > region 0x1280000 0x10000 state=commit protect=rw type=private
  > region 0x12a0000 0x10000 state=commit protect=rw type=private
  > region 0x12c0000 0x10000 state=commit protect=rw type=private
  > region 0x12e0000 0x10000 state=commit protect=rw type=private
  > region 0x1300000 0x10000 state=commit protect=rw type=private
  > region 0x1320000 0x10000 state=commit protect=rw type=private
  > region 0x1340000 0x10000 state=commit protect=rw type=private
  > region 0x1360000 0x10000 state=commit protect=rw type=private
  > region 0x1380000 0x10000 state=commit protect=rw type=private
  > region 0x13a0000 0x10000 state=commit protect=rw type=private
  > region 0x13c0000 0x10000 state=commit protect=rw type=private
  > region 0x13e0000 0x10000 state=commit protect=rw type=private
  > region 0x1400000 0x10000 state=commit protect=rw type=private
  > region 0x1420000 0x10000 state=commit protect=rw type=private
  > region 0x1440000 0x10000 state=commit protect=rw type=private
  > region 0x1460000 0x10000 state=commit protect=rw type=private
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly resource.address-space



  $ cat > fewregions.recipe <<'END'
  > minidump x86
  > system windows 6.1.7601
  > module 0x400000 0x10000 C:\demo\demo.exe
  > memory 0x401000 fill 0x20 0x90
  > memory 0x12f000 zero 0x100
  > thread 0x10 eip=0x401000 esp=0x12f000
  > region 0x1000000 0x2f00000 state=commit protect=rw type=private
  > region 0x4000000 0x2f00000 state=commit protect=rw type=private
  > region 0x7000000 0x2f00000 state=commit protect=rw type=private
  > region 0xa000000 0x2f00000 state=commit protect=rw type=private
  > region 0xd000000 0x2f00000 state=commit protect=rw type=private
  > region 0x10000000 0x2f00000 state=commit protect=rw type=private
  > region 0x13000000 0x2f00000 state=commit protect=rw type=private
  > region 0x16000000 0x2f00000 state=commit protect=rw type=private
  > region 0x19000000 0x2f00000 state=commit protect=rw type=private
  > region 0x1c000000 0x2f00000 state=commit protect=rw type=private
  > region 0x1f000000 0x2f00000 state=commit protect=rw type=private
  > region 0x22000000 0x2f00000 state=commit protect=rw type=private
  > region 0x25000000 0x2f00000 state=commit protect=rw type=private
  > region 0x28000000 0x2f00000 state=commit protect=rw type=private
  > region 0x2b000000 0x2f00000 state=commit protect=rw type=private
  > region 0x2e000000 0x2f00000 state=commit protect=rw type=private
  > region 0x31000000 0x2f00000 state=commit protect=rw type=private
  > region 0x34000000 0x2f00000 state=commit protect=rw type=private
  > region 0x37000000 0x2f00000 state=commit protect=rw type=private
  > region 0x3a000000 0x2f00000 state=commit protect=rw type=private
  > END
  $ mkdump fewregions.recipe fewregions
  $ found fewregions resource.address-space
