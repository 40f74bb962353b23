#!/usr/bin/env bats
# Imports: order, circles, rejects, and what the other forms of files bring.

load helpers

meeting() { # UID FIELDS: one event on one line
    echo "event: {uid: $1, kind: meeting, title: Meeting $1, schedule: {start: 2022-03-03}${2:+, $2}}"
    echo "---"
}

@test "references resolve whatever the order, also of organisations" {
    {
        meeting a@example.org "follows: b@example.org"
        meeting b@example.org "part_of: c@example.org"
        meeting c@example.org
        echo "organisation: {id: leaf, name: Leaf, kind: ngo, part_of: branch}"
        echo "---"
        echo "organisation: {id: branch, name: Branch, kind: ngo, part_of: root}"
        echo "---"
        echo "organisation: {id: root, name: Root, kind: ngo}"
    } >"$work/records.yaml"
    run plenary import "$work/records.yaml"
    [ "$status" -eq 0 ]
    says "3 registered, 0 revised" "organisations: 3 registered"
    prints "$(plenary show c@example.org -o ids)" \
        bash -c 'plenary show b@example.org -o json | jq -r .partOf'
}

@test "events that name each other are registered, and the second import changes nothing" {
    {
        meeting a@example.org "related: [b@example.org, c@example.org], part_of: d@example.org"
        meeting b@example.org "follows: c@example.org"
        meeting c@example.org "outcomes: [{kind: decision, title: T, closed_by: a@example.org}]"
        meeting d@example.org
    } >"$work/circle.yaml"
    run plenary import "$work/circle.yaml"
    [ "$status" -eq 0 ]
    says "4 registered"
    a=$(plenary show a@example.org -o ids)
    prints "$a" bash -c 'plenary show c@example.org -o json | jq -r .outcomes[0].closedBy'
    prints 2 bash -c 'plenary show a@example.org -o json | jq ".related | length"'
    before=$(sequence)
    run plenary import "$work/circle.yaml"
    says "no change" "4 unchanged"
    prints "$before" sequence
    sed 's/Meeting b@/Moved b@/' "$work/circle.yaml" >"$work/changed.yaml"
    run plenary import "$work/changed.yaml"
    says "0 registered, 1 revised, 3 unchanged"
    prints $((before + 1)) sequence
}

@test "with --errors the good ones go on, and the rejects say why" {
    {
        meeting good@example.org
        meeting bad@example.org "format: virtual"
        meeting orphan@example.org "part_of: nowhere@example.org"
    } >"$work/mixed.yaml"
    fails 6 plenary import "$work/mixed.yaml" --errors "$work/rejects.jsonl"
    says "1 registered" "2 rejected"
    prints 1 plenary count
    prints '2 3 ' bash -c "jq -r .record '$work/rejects.jsonl' | tr '\n' ' '"
    prints format jq -r 'select(.record == 2).violations[0].field' "$work/rejects.jsonl"
    prints part_of jq -r 'select(.record == 3).violations[0].field' "$work/rejects.jsonl"
    prints orphan@example.org jq -r 'select(.record == 3).document.event.uid' "$work/rejects.jsonl"
}

@test "an event without a uid is not imported, nor one uid twice" {
    echo "event: {kind: meeting, title: T, schedule: {start: 2022-03-03}}" >"$work/none.yaml"
    fails 6 plenary import "$work/none.yaml"
    says "uid"
    { meeting a@example.org; meeting a@example.org; } >"$work/twice.yaml"
    fails 6 plenary import "$work/twice.yaml"
    says "a@example.org" "record 2" "record 1"
    prints 0 plenary count
}

@test "JSON, JSON lines and standard input are read too" {
    event() { printf '{"event":{"uid":"%s","kind":"meeting","title":"T","schedule":{"start":"2022-03-03"}}}' "$1"; }
    printf '[%s,%s]' "$(event 1@example.org)" "$(event 2@example.org)" >"$work/array.json"
    printf '%s\n\n%s\n' "$(event 3@example.org)" "$(event 4@example.org)" >"$work/lines.jsonl"
    plenary import "$work/array.json" "$work/lines.jsonl"
    event 5@example.org | plenary import -
    prints 5 plenary count
    printf '%s\nbroken\n' "$(event 6@example.org)" >"$work/broken.jsonl"
    fails 6 plenary import "$work/broken.jsonl"
    says "record 2 (line 2)"
}

@test "a folder is read with all that is below it, but what is hidden" {
    mkdir -p "$work/folder/below" "$work/folder/.hidden"
    meeting a@example.org >"$work/folder/below/a.yml"
    meeting b@example.org >"$work/folder/.b.yaml"
    meeting c@example.org >"$work/folder/.hidden/c.yaml"
    echo "not a record" >"$work/folder/notes.txt"
    plenary import "$work/folder"
    prints 1 plenary count
}

@test "a withdrawn event is not revived" {
    meeting a@example.org >"$work/a.yaml"
    plenary import "$work/a.yaml"
    plenary withdraw a@example.org --yes
    fails 6 plenary import "$work/a.yaml"
    says withdrawn
    prints 0 plenary count
}

@test "an export with the directory makes the same registry elsewhere" {
    seed
    for form in yaml json jsonl; do
        plenary export --as $form --directory -O "$work/all.$form"
    done
    stop_daemon
    rm -r "$PLENARY_HOME/data"
    start_daemon
    plenary import "$work/all.jsonl"
    prints 44 sequence
    run plenary import "$work/all.yaml"
    says "no change"
    run plenary import "$work/all.json"
    says "no change"
    prints 2 plenary count --part-of tashkent-conference@caricc.example
    prints 2 plenary count --org unodc:sponsor
}
