#!/usr/bin/env bats
# plenary-notify tells what changed, from what to what, by whom: each change once.

load helpers
load followers

@test "a line says what changed, from what to what, by whom and how to see more" {
    plenary add conference "Tashkent conference" --start 2022-03-03 --end 2022-03-04 \
        --city Tashkent --country UZ
    begin_notify
    plenary update 1 --start 2022-03-04 --end 2022-03-05
    plenary cancel 1 --reason "no hall"
    plenary add webinar "Precursors" --start 2022-05-01T10:00 --tz Asia/Almaty --online https://e.example
    plenary withdraw 1 --yes
    eventually grep -q '^#5' "$work/out"
    [ "$(cat "$work/out")" = "\
#2 revised  1 Tashkent conference: when 3–4 Mar 2022 → 4–5 Mar 2022 (by local; plenary diff 1 1 2)
#3 cancelled  1 Tashkent conference: status confirmed → cancelled; status reason + no hall (by local; plenary diff 1 2 3)
#4 registered  2 Precursors: webinar, 1 May 2022 10:00, online (by local; plenary show 2)
#5 withdrawn  1 Tashkent conference (by local; plenary history 1)" ]
    stop_notify
}

@test "what was there before is not told, unless it is asked to start from the first change" {
    seed
    prints "" catch_up
    prints 12 bash -c "plenary-notify --from-start --once --state '$work/s' | grep -c registered"
    prints "" plenary-notify --from-start --once --state "$work/s"
}

@test "nothing is told where nothing differs" {
    add_meeting "Talks" --start 2022-03-03
    catch_up
    plenary update 1 --title "Talks" --start 2022-03-03
    plenary org add unodc --name "Office" --kind international
    prints "" catch_up
}

@test "a line of JSON has the words, the difference and the event" {
    add_meeting "Talks" --start 2022-03-03
    catch_up --jsonl "$work/out.jsonl"
    plenary update 1 --title "Better talks"
    catch_up --jsonl "$work/out.jsonl"
    prints '["revised","changed","Better talks",2]' jq -c \
        '[.action, .relation, .event.title, .event.revision]' "$work/out.jsonl"
    prints '[{"path":"title","before":"\"Talks\"","after":"\"Better talks\""}]' \
        jq -c .difference.fields "$work/out.jsonl"
    run jq -r .text "$work/out.jsonl"
    says "#2 revised  1 Better talks: title Talks → Better talks"
}

@test "a record that leaves the filter is told, and one that comes into it" {
    add_meeting "Talks" --start 2022-03-03 --country UZ
    catch_up --country UZ
    plenary update 1 --country KZ
    prints "#2 left  1 Talks: withdrawn, or no longer what is asked for (plenary history 1)" \
        catch_up --country UZ
    plenary update 1 --title "Talks in Almaty"
    prints "" catch_up --country UZ
    plenary update 1 --country UZ
    prints "#4 entered  1 Talks in Almaty: meeting, 3 Mar 2022, UZ (by local; plenary show 1)" \
        catch_up --country UZ
}

@test "a command gets each change, and again until it is content" {
    catch_up --exec true
    add_meeting "Talks" --start 2022-03-03
    add_meeting "More talks" --start 2022-03-03
    fails 7 catch_up --exec "exit 3"
    says "--exec: change 1: the command ended with 3"
    catch_up --exec "jq -r .event.title >>'$work/told'"
    prints $'Talks\nMore talks' cat "$work/told"
    catch_up --exec "jq -r .event.title >>'$work/told'"
    prints $'Talks\nMore talks' cat "$work/told"
}

@test "wrong options are explained, and change nothing" {
    fails 2 plenary-notify --jsnol x
    says "unknown option --jsnol; did you mean --jsonl?"
    fails 2 plenary-notify --kind meating
    says "did you mean meeting?"
    fails 2 plenary-notify somewhere
    says "unexpected \"somewhere\""
    fails 6 plenary-notify --country Uzbekistan
    says "--country: \"Uzbekistan\" is no country code"
    fails 6 plenary-notify --jsonl "" --once
    says "--jsonl: is empty"
    run plenary-notify --help
    [ "$status" = 0 ]
    [[ $output == "  \$ plenary-notify"* ]]
}
