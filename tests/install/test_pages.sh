#!/bin/sh
# test_pages.sh BUILD: installs the pages into an empty folder, and looks where they must be.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

DESTDIR=$folder cmake --install "$1" --component pages >/dev/null
for place in man/man1/plenary.1 man/man1/plenary-bench.1 man/man5/plenaryd.zpl.5 \
    man/man8/plenaryd.8 bash-completion/completions/plenary zsh/site-functions/_plenary \
    fish/vendor_completions.d/plenary.fish; do
    found=$(find "$folder" -path "*/share/$place" -size +0)
    [ -n "$found" ] || {
        echo "test_pages: share/$place was not installed" >&2
        exit 1
    }
done
