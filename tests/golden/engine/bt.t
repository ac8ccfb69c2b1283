Stacks, asked for as gdb and crash do

  $ mkdump $RECIPES/elf-gcore.recipe app.dmp
  $ osmodump -q app.dmp -c '~'
  .  0  Id: 32.32 Unfrozen
     1  Id: 32.33 Unfrozen
  $ osmodump -q app.dmp -c 'bt'
  Child-SP          RetAddr           Call Site
  00007ffc`00000000 00000000`00000000 0x401000
  $ osmodump -q app.dmp -c 'bt -a'
  .  0  Id: 32.32 Unfrozen
  Child-SP          RetAddr           Call Site
  00007ffc`00000000 00000000`00000000 0x401000
     1  Id: 32.33 Unfrozen
  Child-SP          RetAddr           Call Site
  00007f00`00001000 00000000`00000000 0x401100
  $ osmodump -q app.dmp -c 'bt 51'
  Child-SP          RetAddr           Call Site
  00007f00`00001000 00000000`00000000 0x401100
  $ osmodump -q app.dmp -c 'bt 1'
  no thread of that id or address
  [1]
  $ osmodump -q --json app.dmp -c 'bt -a'
  {"kind":"thread","marker":".","index":0,"pid":50,"tid":50,"current":true,"event":true}
  {"kind":"frame","thread":0,"index":0,"child":"0x7ffc00000000","ret":"0x0","ip":"0x401000","sp":"0x7ffc00000000","inline":false,"symbol":{"address":"0x401000"},"trust":"context"}
  {"kind":"thread","marker":" ","index":1,"pid":50,"tid":51,"current":false,"event":false}
  {"kind":"frame","thread":1,"index":0,"child":"0x7f0000001000","ret":"0x0","ip":"0x401100","sp":"0x7f0000001000","inline":false,"symbol":{"address":"0x401100"},"trust":"context"}
  $ osmodump -q app.dmp -c 'mod'
  start             end                 module name
