Compressed dumps are opened as they are

  $ mkdump $OSMOSIS_TOP/tests/mkdump/recipes/elf-x64.recipe core
  $ osmodump info core | sed 1d > plain
  $ for tool in "zstd -q" gzip "xz -0" "lz4 -q" bzip2; do $tool -c core > packed; osmodump info packed | sed 1d | cmp - plain && echo "$tool: the same"; done
  zstd -q: the same
  gzip: the same
  xz -0: the same
  lz4 -q: the same
  bzip2: the same

Twice over, and no more:

  $ gzip -c core | xz -0 > twice
  $ osmodump info twice | sed 1d | cmp - plain
  $ gzip -c twice > thrice
  $ osmodump info thrice
  osmodump: thrice (unpacked): compressed more than 2 times over
  [3]

Cut off: what came is shown

  $ gzip -c core | head -c -20 > cut
  $ osmodump info cut | sed -n 's/[0-9][0-9]*/N/g;/^Format/p;/^Threads/p;/^Damaged/p'
  Format:          elfcore: User Core Dump File (ELF): Linux xN process
  Threads:         N
  Damaged: cut (unpacked): the file ends at NxfbN: N bytes of memory in N of N segments are missing, as when a size limit or a full disk cuts a core off
  Damaged: cut: gzip, offset NxN of N: N bytes were unpacked before this: gzip data end early

No room to unpack:

  $ gzip -c core > core.gz
  $ TMPDIR=/nonexistent osmodump info core.gz
  osmodump: /nonexistent: no file can be made there to unpack into: No such file or directory
  [3]
