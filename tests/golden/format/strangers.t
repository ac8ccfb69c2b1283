Files that are no dump of a process are named for what they are:

  $ printf 'PAGEDU64%0100d' 0 >kernel.dmp && osmodump kernel.dmp
  osmodump: kernel.dmp: a dump of a 64-bit Windows kernel; only dumps of processes are read
  [3]
  $ printf 'PAGEDUMP%0100d' 0 >kernel32.dmp && osmodump --json kernel32.dmp -c k
  osmodump: kernel32.dmp: a dump of a 32-bit Windows kernel; only dumps of processes are read
  [3]
  $ printf 'MSCF%0100d' 0 >report.cab && osmodump report.cab
  osmodump: report.cab: a cabinet; the dump in it has to be unpacked (cabextract) first
  [3]
  $ printf 'PK\003\004%0100d' 0 >report.zip && osmodump report.zip
  osmodump: report.zip: a zip archive; the dump in it has to be unpacked first
  [3]
  $ printf 'MZ%0100d' 0 >app.exe && osmodump app.exe
  osmodump: app.exe: a Windows program, no dump; image files belong into the image path (-i)
  [3]
  $ printf 'Microsoft C/C++ MSF 7.00%0100d' 0 >app.pdb && osmodump app.pdb
  osmodump: app.pdb: a PDB, which belongs into the symbol path (-y)
  [3]
  $ printf 'nothing' >x && osmodump x
  osmodump: x: not a dump that is understood here (Windows, Breakpad and Crashpad minidumps (MDMP), Windows full user dumps of the old kind (USERDUMP, USERDU64), ELF cores of Linux and BSD processes, compressed kernel dumps (kdump), images of physical memory (LiME, AVML), migration streams of QEMU, raw images of physical memory (with --format raw))
  [3]
