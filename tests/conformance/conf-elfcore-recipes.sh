# SPDX-License-Identifier: MIT
# The cores that our own recipes make, read by elfutils: both the recipe
# builder and the reader must agree with it, on every architecture.
cd "$(dirname "$0")/../.." || exit 1
[ -x tests/mkdump/mkdump ] || { echo "tests/mkdump/mkdump is not there"; exit 77; }
command -v eu-readelf >/dev/null || { echo "eu-readelf is not installed"; exit 77; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
for r in tests/mkdump/recipes/elf-*.recipe; do
	name=$(basename "$r" .recipe)
	# eu-readelf looks for notes in sections where there are any
	# and where a record has the whole command line, it is not the one of PRPSINFO
	case $name in elf-damaged | elf-xnum | elf-snapshot) continue ;; esac
	tests/mkdump/mkdump "$r" "$dir/$name" || exit 1
done
"${OSMODUMP%/*}/tests/conf-elfcore" "$dir"/elf-*
