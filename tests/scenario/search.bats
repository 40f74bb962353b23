#!/usr/bin/env bats
# What people type to find an event, and what they see of why it was found.

load helpers

events() {
    plenary add meeting "Встреча в Ташкенте" --start 2022-03-03
    plenary add training "Тренинги по анализу" --start 2022-04-03 --city Toshkent --country UZ \
        --participant "Yrysbek Asanov"
    plenary add conference "Regional border control" --start 2022-05-03 --city "Алма-Ата" --country KZ
    plenary add conference "Control of the border" --start 2021-05-03 --city Almaty --country KZ \
        --description "The first day is for the directors. A training on drug control follows in Tashkent."
    plenary org add caricc --name "Information Centre" --acronym CARICC --alias АРИКЦ \
        --kind regional
    plenary add meeting "Delegation" --start 2022-06-03 --org caricc:host
}

# numbers EXPECTED SEARCH...: the numbers of what is found, in order.
numbers() {
    local expected=$1
    shift
    prints "$expected" bash -c 'plenary "$@" -o jsonl | jq -r .number | paste -sd " "' plenary "$@"
}

# on_terminal COMMAND: what it prints on a terminal that shows colours.
on_terminal() { env -u NO_COLOR TERM=xterm COLUMNS=120 script -qec "$1" /dev/null </dev/null; }

@test "case, marks and script do not matter, nor the name of a place" {
    events
    for word in Ташкент TASHKENT Toshkent тошкент; do
        numbers "1 2 4" search "$word"
    done
    numbers 2 search Ырысбек
    numbers 2 search Yrysbek
    numbers "4 3" search Almaty
    numbers "4 3" search "алма ата"
    prints 2 plenary count --city Alma-Ata
    prints 1 plenary count --city Ташкент
    numbers 5 search АРИКЦ
    numbers 5 search information centre
}

@test "inflections meet, and the last word may be the beginning of one" {
    events
    numbers 2 search тренинги
    numbers 2 search тренинг
    numbers 2 search анализ тренингов
    numbers 2 search трен
    numbers "" search '"трен"'
    numbers "" search трен 'анализу '
    numbers 2 search 'трен*' анализу
    numbers 4 search direc
    numbers "" list --text direc
    numbers 4 list --text 'direc*'
}

@test "exact words in quotation marks, and words that must not be there" {
    events
    numbers 3 search '"border control"'
    numbers "4 3" search border control
    numbers 4 search 'control -"border control"'
    numbers 3 search 'border -training'
    numbers "" search 'border -алматы*'
    numbers "1 2" search 'Ташкент -"drug control"'
}

@test "the best come first, or what is asked for" {
    events
    numbers "4 3" search control --sort start
    numbers "3 4" search control --sort number
    numbers "3 4" search control --sort start --reverse
    plenary add meeting "Talks" --start 2019-01-01 --description "border control"
    numbers "4 3 6" search border control
    numbers "6 3 4" search border control --reverse
}

@test "what was known earlier is searched in the order of time" {
    events
    local now
    now=$(date -d '+1 minute' -Iseconds)
    numbers "4 3" search control --as-of "$now"
    numbers "3 4" search control --as-of "$now" --sort number
    fails 6 plenary search control --as-of "$now" --sort relevance
    says query.order relevance as_of
}

@test "an answer tells which words, names and phrases it was found by" {
    events
    run plenary search --explain '"border control" trai* -"drug control" алматы'
    [ "$status" -eq 0 ]
    says "word=border" "word=trai*" "(word=alma & word=ata)" LEFT
    prints 'not "drug control", read event by event: 1 of 1' bash -c \
        "plenary search --explain 'control the -\"drug control\"' -o json |
         jq -r '.steps[-1] | \"\(.expression): \(.size - .left) of \(.size)\"'"
}

@test "a stream hears what a search finds" {
    events
    for text in Toshkent '"border control"' 'control -regional' 'direc*' АРИКЦ; do
        prints "$(plenary list --sort number --text "$text" -o jsonl | jq -r .number)" \
            bash -c 'plenary watch --since 0 --no-follow --text "$1" -o jsonl | jq -r .event.number' - "$text"
    done
}

@test "odd questions are refused with a reason" {
    events
    for text in '"' 'one "two' '""' '*' '…' 'a -"…"'; do
        fails 6 plenary search "$text"
        says text
    done
    fails 6 plenary list --text=-foo
    says "only what is not wanted"
    fails 6 plenary search "$(seq -s ' ' 400)"
    says text
    fails 6 plenary search "$(seq -s ' ' 100)"
    says "over the limit of 64"
}

@test "on a terminal the words found are marked, and quoted where the list does not show them" {
    events
    local on=$'\e[1;4m' off=$'\e[22;24m'
    run on_terminal 'plenary search ташкент'
    says "Встреча в ${on}Ташкенте${off}" "${on}Toshkent${off}, UZ" \
        "… control follows in ${on}Tashkent${off}."
    run on_terminal 'plenary search "\"border control\" -foo"'
    says "Regional ${on}border${off} ${on}control${off}"
    run on_terminal 'NO_COLOR=1 plenary search ташкент'
    says "Встреча в Ташкенте" "… control follows in Tashkent."
    run on_terminal 'plenary search ташкент | cat'
    [[ $output != *$'\e'* && $output != *follows* ]]
}

@test "an operator adds names of places, and a bad line is named" {
    stop_daemon
    printf '# ours\nTashkent = Chach\nParis = Lutetia\n' >"$PLENARY_HOME/aliases"
    start_daemon
    events
    numbers "1 2 4" search Chach
    stop_daemon
    printf '# ours\n\nParis\n' >"$PLENARY_HOME/aliases"
    fails 6 plenaryd
    says "$PLENARY_HOME/aliases: line 3: one name alone"
    rm "$PLENARY_HOME/aliases"
    printf 'search\n    aliases = "%s/none"\n' "$PLENARY_HOME" >"$PLENARY_HOME/plenaryd.zpl"
    fails 6 plenaryd
    says "$PLENARY_HOME/none"
}
