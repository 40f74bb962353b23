#!/usr/bin/env bats
# The seed: twelve events of a regional centre are registered, counted and found.

load helpers

@test "the twelve events and their organisations are imported" {
    run seed
    [ "$status" -eq 0 ]
    prints 12 plenary count
    prints 32 bash -c 'plenary org list -o jsonl | wc -l'
    prints 44 sequence
}

@test "every figure of the seed comes out" {
    seed
    prints 3 plenary count --country UZ
    prints 2 plenary count --country TJ
    prints 2 plenary count --country RU
    prints 2 plenary count --country KZ
    prints 2 plenary count --format online
    prints 3 plenary count --format hybrid
    prints 1 plenary count --kind conference
    prints 1 plenary count --kind webinar
    prints 1 plenary count --kind training
    prints 9 plenary count --kind meeting
    prints 2 plenary count --part-of tashkent-conference@caricc.example
    prints 4 plenary count --from 2021-12-06 --to 2021-12-16
    prints 3 plenary count --from 2021-12-14 --to 2021-12-15
    prints 2 plenary count --org unodc:sponsor
}

@test "a list by dates prints the ids of four events" {
    seed
    run --separate-stderr plenary list --from 2021-12-06 --to 2021-12-16 -o ids
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 4 ]
    for id in "${lines[@]}"; do
        [[ $id =~ ^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$ ]]
    done
}

@test "Ташкент and tashkent find the same events, three or more" {
    seed
    cyrillic=$(plenary search Ташкент -o ids | sort)
    latin=$(plenary search tashkent -o ids | sort)
    [ "$cyrillic" = "$latin" ]
    [ "$(wc -l <<<"$cyrillic")" -ge 3 ]
}

@test "filters combine: all of different names, any of the same, and not" {
    seed
    prints 1 plenary count --country TJ --kind training
    prints 4 plenary count --country TJ --country KZ
    prints 9 plenary count --not-country UZ
    prints 5 plenary count --format hybrid --format online
    prints 0 plenary count --country UZ --format online
}

@test "an organisation is found by id, acronym, name or alias, its parts included" {
    seed
    by_id=$(plenary count --org unodc)
    [ "$by_id" -ge 6 ]
    prints "$by_id" plenary count --org UNODC
    prints "$by_id" plenary count --org "United Nations Office on Drugs and Crime"
    prints "$by_id" plenary count --org "УНП ООН"
    prints 1 plenary count --org "Paris Pact:organiser"
}

@test "importing again changes nothing, and the sequence stands still" {
    seed
    before=$(sequence)
    run seed
    [ "$status" -eq 0 ]
    prints "$before" sequence
    prints 12 plenary count
}

@test "what was imported comes back field by field" {
    seed
    plenary show dushanbe-training@caricc.example -o json >"$work/event.json"
    prints '["i2 iBase","i2 Analyst'"'"'s Notebook","MS Excel","ArcGIS"]' \
        jq -c .training.tools "$work/event.json"
    prints 'Serena Hotel' jq -r .venue.name "$work/event.json"
    prints '"2021-12-14"' jq .schedule.end "$work/event.json"
    prints '"clear"' jq .handling.tlp "$work/event.json"
    prints '"held"' jq .status "$work/event.json"
    prints 'Учебный курс' bash -c "jq -r .translations[0].title '$work/event.json' | cut -d' ' -f1-2"
}

@test "references by uid become ids, in whatever order the files come" {
    seed
    conference=$(plenary show tashkent-conference@caricc.example -o json | jq -r .id)
    prints "$conference" bash -c 'plenary show tashkent-osce@caricc.example -o json | jq -r .partOf'
    council=$(plenary show council-coordinators@caricc.example -o json | jq -r .id)
    prints "$council" bash -c 'plenary show dushanbe-dca@caricc.example -o json | jq -r .follows'
}

@test "an export, imported into an empty registry, says the same there" {
    seed
    plenary export --directory --as yaml >"$work/first.yaml"
    plenary export --directory --as json >"$work/first.json"
    prints 44 jq length "$work/first.json"
    stop_daemon
    rm -r "$PLENARY_HOME/data"
    start_daemon
    plenary import "$work/first.yaml"
    prints 12 plenary count
    prints 2 plenary count --part-of tashkent-conference@caricc.example
    prints 2 plenary count --org unodc:sponsor
    title='.title, .translations[0].title, .venue.name'
    prints "$(jq -c '[.[].event | select(.uid) | '"$title"'] | sort' "$work/first.json")" \
        bash -c "plenary export --directory --as json | jq -c '[.[].event | select(.uid) | $title] | sort'"
}
