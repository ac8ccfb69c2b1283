osmodump convert

  $ mkdump $RECIPES/elf-x64.recipe core
  $ osmodump info core | sed 1d > facts
  $ same() { osmodump info "$1" | sed 1d | cmp - facts && echo "$1: the same"; }

Compressed by the name's ending or by --compress, and back:

  $ osmodump convert core core.zst | sed 's/[0-9][0-9]*/N/g'
  core.zst: N bytes, N of them written
  $ osmodump convert -q core core.lz4 > said
  $ osmodump convert --compress=zstd:9 core nine > said
  $ osmodump convert --compress lz4:9 core fine > said
  $ for f in core.zst core.lz4 nine fine; do same $f; done
  core.zst: the same
  core.lz4: the same
  nine: the same
  fine: the same
  $ zstd -qdc core.zst | cmp - core
  $ zstd -qdc nine | cmp - core
  $ lz4 -qdc core.lz4 | cmp - core
  $ lz4 -qdc fine | cmp - core
  $ for f in core.zst core.lz4 nine fine; do osmodump convert $f back > said && cmp back core && rm back; done
  $ gzip -c core > core.gz
  $ osmodump convert core.gz unpacked > said
  $ cmp core unpacked
  $ osmodump convert --compress none core plain.zst > said
  $ cmp core plain.zst

Zstd is written seekable: nothing is unpacked to open it.

  $ TMPDIR=/nonexistent osmodump info core.zst | sed 1d | cmp - facts
  $ TMPDIR=/nonexistent osmodump info core.lz4
  osmodump: /nonexistent: no file can be made there to unpack into: No such file or directory
  [3]

Files are for their owner only, have holes and do not replace others:

  $ umask 0; osmodump convert --force core core.zst > said; umask 22; stat -c %a core.zst
  600
  $ truncate -s 8M holes; printf end >> holes
  $ osmodump convert holes sparse
  sparse: 8388611 bytes, 3 of them written
  $ cmp holes sparse; test $(stat -c %b sparse) -lt 100 && echo sparse
  sparse
  $ osmodump convert core sparse
  osmodump: sparse: File exists
  [1]
  $ osmodump convert core sparse --force > said; cmp core sparse

In place of itself:

  $ cp core self; osmodump convert --force --compress zstd self self > said; same self
  self: the same

Standard output:

  $ osmodump convert core.lz4 - | cmp - core
  $ osmodump convert --compress zstd core - | zstd -qdc | cmp - core
  $ osmodump convert --compress zstd --json core - | zstd -qdc | cmp - core

Records:

  $ osmodump convert --json core.zst json --force | jq -c 'del(.seconds, .zero, .written)' | sed "s/$(stat -c %s core)/N/g"
  {"kind":"converted","path":"json","size":N,"unpacked":N}
  $ osmodump convert --json core json 2> said
  {"kind":"error","code":"os","message":"json: File exists"}
  [1]

What goes wrong:

  $ osmodump convert core
  osmodump: the dump and the file to write, please
  [2]
  $ osmodump convert --compress bzip2 core out
  osmodump: --compress: 'bzip2' is none of zstd, zstd:LEVEL, lz4, lz4:LEVEL, none
  [2]
  $ osmodump convert --compress zstd:x core out
  osmodump: --compress: 'x' is no number that fits
  [2]
  $ osmodump convert --compress zstd:99 core out
  osmodump: zstd has no level 99: 22 is the highest
  [2]
  $ osmodump convert --limit-rate fast core out
  osmodump: --limit-rate: 'fast' is no rate: 50M, 50MB/s, 800K, 1.5G, 64MiB; a number alone is of MB
  [2]
  $ for rate in 5Q 5MBs /s 5M/h .5M -5M 5iB 99999999999T ''; do osmodump convert --limit-rate "$rate" core out; done
  osmodump: --limit-rate: '5Q' is no rate: 50M, 50MB/s, 800K, 1.5G, 64MiB; a number alone is of MB
  osmodump: --limit-rate: '5MBs' is no rate: 50M, 50MB/s, 800K, 1.5G, 64MiB; a number alone is of MB
  osmodump: --limit-rate: '/s' is no rate: 50M, 50MB/s, 800K, 1.5G, 64MiB; a number alone is of MB
  osmodump: --limit-rate: '5M/h' is no rate: 50M, 50MB/s, 800K, 1.5G, 64MiB; a number alone is of MB
  osmodump: --limit-rate: '.5M' is no rate: 50M, 50MB/s, 800K, 1.5G, 64MiB; a number alone is of MB
  osmodump: --limit-rate: '-5M' is no rate: 50M, 50MB/s, 800K, 1.5G, 64MiB; a number alone is of MB
  osmodump: --limit-rate: '5iB' is no rate: 50M, 50MB/s, 800K, 1.5G, 64MiB; a number alone is of MB
  osmodump: --limit-rate: '99999999999T' is no rate: 50M, 50MB/s, 800K, 1.5G, 64MiB; a number alone is of MB
  osmodump: --limit-rate: '' is no rate: 50M, 50MB/s, 800K, 1.5G, 64MiB; a number alone is of MB
  [2]
  $ osmodump convert nosuch out
  osmodump: nosuch: No such file or directory
  [3]
  $ osmodump convert core nosuch/out
  osmodump: nosuch/out: No such file or directory
  [1]
  $ osmodump convert core .
  osmodump: . is a directory
  [2]
  $ osmodump convert core - > /dev/full
  osmodump: standard output: after 0 B: No space left on device
  [1]

A dump that is damaged is converted as far as it goes:

  $ head -c -20 core.gz > cut.gz
  $ osmodump convert cut.gz cut > said
  osmodump: cut.gz: gzip, offset 0x[0-9a-f]+ of \d+: \d+ bytes were unpacked before this: gzip data end early (re)
  [1]
  $ cmp core cut
  cmp: EOF on cut after byte \d+.* (re)
  [1]

Ctrl-C leaves nothing, or what came:

  $ head -c 8000000 /dev/urandom > noise
  $ timeout -s INT 1 osmodump convert --limit-rate 4 noise slow
  osmodump: cancelled
  [124]
  $ for rate in 4M 4MB/s 4000K 4000kB/s 3.9MiB 0.004G 4000000B; do
  >   timeout -s INT 0.5 osmodump convert --limit-rate $rate noise slow 2>&1
  > done
  osmodump: cancelled
  osmodump: cancelled
  osmodump: cancelled
  osmodump: cancelled
  osmodump: cancelled
  osmodump: cancelled
  osmodump: cancelled
  [124]
  $ for rate in 1G 0.5GiB/s 1T 0; do timeout -s INT 5 osmodump convert -q --force --limit-rate $rate noise fast && cmp noise fast; done
  fast: 8000000 bytes, 8000000 of them written
  fast: 8000000 bytes, 8000000 of them written
  fast: 8000000 bytes, 8000000 of them written
  fast: 8000000 bytes, 8000000 of them written
  $ rm fast
  $ timeout -s TERM 1 osmodump convert --limit-rate 4 --keep-partial noise slow | sed 's/[0-9][0-9]*/N/g'
  osmodump: cancelled
  slow.partial: N bytes, N of them written (partial: N of N bytes of the dump are missing)
  $ ls slow*
  slow.partial
