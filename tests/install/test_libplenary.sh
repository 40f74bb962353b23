#!/bin/sh
# test_libplenary.sh BUILD SOURCE CC SANITIZE: installs the library into an empty folder and uses it
# from there. Fails at the first thing that does not work.
set -eu
build=$1 source=$2 cc=$3 sanitize=$4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
    echo "test_libplenary: $*" >&2
    exit 1
}

DESTDIR=$folder/root cmake --install "$build" --component libplenary >/dev/null
pc=$(find "$folder/root" -name plenary.pc)
[ -n "$pc" ] || fail "plenary.pc was not installed"
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
flags="$(pkg-config --cflags --libs plenary) ${sanitize:+-fsanitize=$sanitize}"
libdir=$(pkg-config --variable=libdir plenary)
protodir=$(pkg-config --variable=protodir plenary)
[ -f "$protodir/plenary/v1/request.proto" ] || fail "the .proto files are not in $protodir"

compile() { # compile NAME
    # shellcheck disable=SC2086 # flags are several words
    "$cc" -std=c17 -Wall -Wextra -Werror -o "$folder/$1" "$folder/$1.c" $flags ||
        fail "$1.c does not compile against the installed library"
}

cp "$source/tests/install/absent.c" "$folder/"
compile absent
said=$(LD_LIBRARY_PATH=$libdir "$folder/absent" "$folder/home")
case $said in
"14 no plenaryd answers at $folder/home/run/requests.ipc; start it with: plenaryd") ;;
*) fail "an absent daemon was told as: $said" ;;
esac

# Each ```c block of the guide is a whole program.
awk -v folder="$folder" '
    /^```c$/ { inside = 1; file = folder "/example" ++count ".c"; next }
    /^```$/  { inside = 0; next }
    inside   { print > file }
    END      { exit count == 0 }' "$source/docs/libplenary.md" || fail "the guide has no example"
for example in "$folder"/example*.c; do
    compile "$(basename "$example" .c)"
done
code=0
said=$(PLENARY_HOME=$folder/home LD_LIBRARY_PATH=$libdir "$folder/example1" 2>&1) || code=$?
[ "$code" = 7 ] || fail "the first example ended with $code and said: $said"

# Nothing but the API is shown.
shown=$(nm -D --defined-only "$libdir/libplenary.so" | awk '{ print $3 }' | grep -v '^plenary_' || true)
[ -z "$shown" ] || fail "the library shows symbols that are not its API: $shown"

# The mirror of the programs that follow the stream is theirs, not the library's.
needed=$(objdump -p "$libdir/libplenary.so" | awk '$1 == "NEEDED" { print $2 }')
case $needed in *lmdb*) fail "the library needs LMDB" ;; esac
