#!/usr/bin/env bats
# plenary-report: a page and a CSV of the activity, kept current.

load helpers

# once [OPTIONS...]: the two files as of now, page.html and sheet.csv.
once() { plenary-report --once --html "$work/page.html" --csv "$work/sheet.csv" "$@"; }

# follow NAME [FILTERS...]: one that goes on, with files and memory of its own.
follow() {
    local name=$1
    shift
    plenary-report --state "$work/$name" --html "$work/$name.html" --csv "$work/$name.csv" "$@" \
        2>>"$work/$name.log" 3>&- &
    follower=$!
}

stop_following() {
    kill -TERM "$follower"
    wait "$follower"
}

# element ID: the text of the page's element. The page is read as XML: it must be well-formed.
element() {
    python3 -c '
import sys, xml.etree.ElementTree
found = [e for e in xml.etree.ElementTree.parse(sys.argv[1]).iter() if e.get("id") == sys.argv[2]]
print(" ".join("".join(found[0].itertext()).split()))' "$work/page.html" "$1"
}

# rows CAPTION: a table of the page, a line for each row, its cells divided by |.
rows() {
    python3 -c '
import sys, xml.etree.ElementTree
for table in xml.etree.ElementTree.parse(sys.argv[1]).iter("table"):
    if "".join(table.find("caption").itertext()) == sys.argv[2]:
        for row in table.find("tbody"):
            print("|".join(" ".join("".join(cell.itertext()).split()) for cell in row))
' "$work/page.html" "$1"
}

# cells COLUMN: of every line of the CSV.
cells() {
    python3 -c '
import csv, sys
for row in csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8-sig"), strict=True):
    assert None not in row and None not in row.values(), row
    print(row[sys.argv[2]])' "$work/sheet.csv" "$1"
}

@test "the figures on the page are those of plenary count" {
    seed
    once
    prints "$(plenary count)" element figure-events
    prints "$(plenary count --status held)" element figure-held
    rows "By kind" >"$work/kinds"
    for kind in meeting conference training webinar; do
        grep -qix "$kind|$(plenary count --kind "$kind")|" "$work/kinds"
    done
    rows "By country of the venue" >"$work/countries"
    grep -qx "Uzbekistan|$(plenary count --country UZ)|" "$work/countries"
    grep -qx "Kazakhstan|$(plenary count --country KZ)|" "$work/countries"
    rows "By format" | grep -qx "Hybrid|$(plenary count --format hybrid)|"
    rows "Events by organisation and its role" >"$work/organisations"
    grep -q "^Drug Control Agency .* DCA|$(plenary count --org dca-tajikistan)|" \
        "$work/organisations"
    [ "$(rows 'Events, the newest first' | wc -l)" -eq "$(plenary count)" ]
}

@test "the CSV has a line for each event that a program can read" {
    seed
    once
    diff <(cells title | sort) <(plenary list -o json | jq -r '.[].title' | sort)
    diff <(cells id) <(plenary list --sort number -o ids)
    [ "$(cells sponsors | grep -c UNODC)" -eq "$(plenary count --org unodc:sponsor)" ]
}

@test "titles that would be scripts or formulas are nothing but text" {
    add_meeting '=cmd|" /C calc"!A0' --start 2022-03-01 >/dev/null
    add_meeting '<script>alert(1)</script> "и" прочее' --start 2022-03-02 --lang ru >/dev/null
    once
    [ "$(cells title | head -n 1)" = "'=cmd|\" /C calc\"!A0" ]
    rows "Events, the newest first" | grep -qF '<script>alert(1)</script> "и" прочее'
    run grep -i '<script' "$work/page.html"
    [ "$status" -eq 1 ]
}

@test "an event that is moved, cancelled or withdrawn is told as such while it runs" {
    seed
    follow live
    eventually grep -q 'figure-events">12<' "$work/live.html"
    conference=tashkent-conference@caricc.example
    plenary update "$conference" --start 2022-03-04 --end 2022-03-05
    plenary cancel "$(add_meeting 'Planned' --start 2022-05-01)" --reason 'The speaker is ill'
    plenary withdraw dushanbe-dca@caricc.example --yes
    eventually grep -q 'The speaker is ill' "$work/live.html"
    eventually bash -c "! grep -q dushanbe-dca '$work/live.csv'"
    stop_following
    cp "$work/live.html" "$work/page.html"
    prints 12 element figure-events
    prints 1 element figure-cancelled
    rows "Moved, postponed or cancelled" >"$work/changes"
    grep -q '^Planned No. [0-9]*|Cancelled||1 May 2022|The speaker is ill|1$' "$work/changes"
    grep -q '^Tashkent conference.*|Moved|3 Mar 2022|4–5 Mar 2022 *||1$' "$work/changes"
}

@test "who stopped, and who comes new, write the bytes of who never stopped" {
    seed
    follow always --not-country KZ
    always=$follower
    follow stopped --not-country KZ
    eventually test -s "$work/always.csv" -a -s "$work/stopped.csv"
    stop_following
    for day in 04 05 06 07; do
        plenary update tashkent-conference@caricc.example --start "2022-03-$day" --end "2022-03-$day"
        add_meeting "Day $day" --start "2022-06-$day" >/dev/null
    done
    plenary withdraw rocb-webinar@caricc.example --yes
    printf 'organisation: {id: osce, name: Renamed, kind: international}\n' >"$work/osce.yaml"
    plenary import "$work/osce.yaml"
    add_meeting 'Not heard' --start 2022-06-01 --country KZ >/dev/null
    once --not-country KZ
    plenary-report --once --state "$work/stopped" --html "$work/stopped.html" \
        --csv "$work/stopped.csv" --not-country KZ
    eventually cmp "$work/page.html" "$work/always.html"
    kill -TERM "$always"
    wait "$always"
    cmp "$work/page.html" "$work/stopped.html"
    cmp "$work/sheet.csv" "$work/always.csv"
    cmp "$work/sheet.csv" "$work/stopped.csv"
    rows "Events by organisation and its role" | grep -q '^Renamed|'
}

@test "files whose bytes would be the same are left alone" {
    seed
    once --country UZ --title Uzbekistan
    before=$(stat -c '%i %y' "$work/page.html" "$work/sheet.csv")
    add_meeting 'Elsewhere' --start 2022-05-01 --country KZ >/dev/null
    once --country UZ --title Uzbekistan
    prints "$before" stat -c '%i %y' "$work/page.html" "$work/sheet.csv"
    prints 3 element figure-events
    grep -q '<h1><bdi>Uzbekistan</bdi></h1>' "$work/page.html"
    grep -q 'Events with <b><bdi>country UZ</bdi></b>' "$work/page.html"
}

@test "a registry without events has a page that says so" {
    once
    prints 0 element figure-events
    grep -q 'There are no events' "$work/page.html"
    prints "" cells title
}

@test "files that cannot be written are told with their option" {
    fails 6 plenary-report --once --html "$work/none/page.html"
    says "--html" "$work/none" "No such file or directory"
    fails 6 plenary-report --once --html "$work/a" --csv "$work/a"
    says "--csv" "the same file"
    mkdir "$work/folder"
    fails 6 plenary-report --once --csv "$work/folder"
    says "$work/folder" "not a file"
    [ -z "$(ls "$work/folder")" ]
}
