# SPDX-License-Identifier: MIT
# Programs for Windows: compiling them with clang and lld, running them under
# Wine. Sourced by tests/targets/make and tests/real/real-winsubjects.sh, which
# set $top (of the tree), $out (what is built) and define newer, skip and trouble.
wine_sources=$top/tests/targets/windows
wine_with="$wine_sources/dump.h $wine_sources/chkstk.S $top/tests/targets/wine.sh"

# wine_compile BITS FILE SOURCE [OPTION...]: a .exe or .dll of one source, with its PDB
# beside it.
wine_compile() {
	triple=x86_64-w64-mingw32 file=$2 source=$3
	[ "$1" = 32 ] && triple=i686-w64-mingw32
	shift 3
	# shellcheck disable=SC2086
	newer "$file" "$source" $wine_with && return 0
	crt="-lmingw32 -lmoldname -lmingwex -lmsvcrt -lkernel32"
	case $file in *.dll) set -- -shared "$@" ;; esac
	# No libgcc: chkstk.S is all that the start-up code wants of it.
	# shellcheck disable=SC2086
	clang --target=$triple -fuse-ld=lld -O1 -g -gcodeview -I"$wine_sources" -Wl,--pdb="${file%.*}.pdb" -o "$file" \
		"$source" "$wine_sources/chkstk.S" -nodefaultlibs "$@" -ldbghelp $crt $crt &&
		llvm-objcopy --strip-all "$file" || # of the DWARF of the start-up code
		{ rm -f "$file"; trouble "cannot compile ${source##*/} for Windows ($triple)"; return 1; }
}

# wine_run BITS COMMAND...: no display, no questions, its own prefix, an end to it ($wine_seconds);
# $wine_of: another prefix and log than those of the targets, for who runs beside them
wine_run() {
	bits=$1
	shift
	(
		export WINEDEBUG=-all DISPLAY= WINEPREFIX="$out/wine/prefix${wine_of:-}$bits"
		export WINEDLLOVERRIDES="mscoree=d;mshtml=d;winemenubuilder.exe=d"
		if [ "$bits" = 32 ]; then
			r=$out/wine/i386
			export WINEARCH=win32 WINESERVER="$r/usr/lib/wine/wineserver32"
			export LD_LIBRARY_PATH="$r/usr/lib/i386-linux-gnu:$r/lib/i386-linux-gnu"
			wine=$r/usr/lib/wine/wine
		else
			export WINEARCH=win64
			wine=/usr/lib/wine/wine64
		fi
		exec timeout -k 5 "${wine_seconds:-120}" "$wine" "$@"
	) >"$out/wine/log${wine_of:-}" 2>&1 </dev/null 9>&-
}

# Wine for 32-bit programs, unpacked into a folder instead of installed, because
# a second architecture in dpkg needs all shared libraries in equal versions.
get_wine32() {
	r=$out/wine/i386
	[ -f "$r/done" ] && return 0
	mkdir -p "$r" "$out/wine/apt/lists/partial" "$out/wine/apt/archives/partial"
	: >"$out/wine/apt/status"
	apt="apt-get -q -o Dir::State=$out/wine/apt -o Dir::State::status=$out/wine/apt/status
		-o Dir::Cache=$out/wine/apt -o APT::Architecture=i386 -o APT::Architectures::=i386
		-o Acquire::Languages=none -o APT::Sandbox::User=root"
	names=$(sed -n 's/^\([a-z0-9.-]*\)  *wine32 .*/\1/p' "$top/tools/packages")
	# shellcheck disable=SC2086
	(
		$apt update # one list of several may fail; the download tells
		cd "$out/wine/apt" && $apt download $names && for d in *.deb; do dpkg-deb -x "$d" "$r" || exit 1; done
	) </dev/null >"$out/wine/apt.log" 2>&1 || return 1
	rm -rf "$out/wine/apt" "$r/usr/lib/i386-linux-gnu/wine/x86_64-windows" "$r/usr/share/doc" "$r/usr/share/man"
	# Wine looks for its tables of characters beside its programs.
	[ -f "$r/usr/share/wine/nls/locale.nls" ] || cp -r /usr/share/wine "$r/usr/share/" || return 1
	# What the package's own set-up does: zlib1.dll, marked as one of Wine's own.
	dll=$r/usr/i686-w64-mingw32/lib/zlib1.dll
	{ head -c 64 "$dll"; printf 'Wine builtin DLL'; head -c 16 /dev/zero; tail -c +97 "$dll"; } \
		>"$r/usr/lib/i386-linux-gnu/wine/i386-windows/zlib1.dll" || return 1
	[ -x "$r/usr/lib/wine/wine" ] || return 1
	: >"$r/done"
}
