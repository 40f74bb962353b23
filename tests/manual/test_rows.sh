#!/usr/bin/env bash
# test_rows.sh PAGE...: each page tells of all that its program's help tells.
set -euo pipefail

missing=0
for page; do
    text=$(mandoc -T utf8 "$page" | col -b | tr -s ' \t\n' ' ')
    name=$(basename "$page")
    name=${name%.*}
    count=0

    need() { # TEXT: it stands in the page, and nothing goes on with it
        count=$((count + 1))
        grep -qF -e "$1 " -e "$1," <<<"$text" || {
            echo "$page does not tell of: $1"
            missing=1
        }
    }
    need_options() { # of the help on stdin
        while read -r option; do need "$option"; done < <(grep -oE '^ +(-., )?--[a-z-]+' |
            grep -oE -- '--[a-z-]+' | sort -u)
    }
    need_examples() {
        while read -r line; do need "$line"; done < <(sed -n 's/^  \$ //p' | tr -s ' ')
    }

    case $name in
    plenary)
        verbs=$(plenary help | grep -oE '^  [a-z]+( [a-z]+)?  ' | sed 's/^ *//; s/ *$//')
        while read -r verb; do
            need "$verb"
            # shellcheck disable=SC2086 # a verb may be two words
            help=$(plenary help $verb)
            need_options <<<"$help"
            need_examples <<<"$help"
        done <<<"$verbs"
        ;;
    plenaryd.zpl)
        while read -r key; do need "$key"; done < <(plenaryd --help | grep -oE '^  [a-z]+/[a-z_]+')
        ;;
    *)
        help=$("$name" --help)
        need_options <<<"$help"
        need_examples <<<"$help"
        ;;
    esac
    [ "$count" -gt 5 ] || {
        echo "$page: only $count things were looked for"
        missing=1
    }
done
exit "$missing"
