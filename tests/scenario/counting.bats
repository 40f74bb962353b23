#!/usr/bin/env bats
# Counts by the values of a facet, and how the registry finds what it is asked for.

load helpers

values() { plenary count "$@" -o csv | tail -n +2 | cut -d , -f 1,2 | tr '\n' ' '; }

@test "the seed's events by country, kind, month and organisation" {
    seed
    prints 'UZ,3 KZ,2 RU,2 TJ,2 ' values --by country
    prints 'KZ,2 RU,2 TJ,2 UZ,3 ' values --by country --sort value
    prints 'meeting,9 conference,1 training,1 webinar,1 ' values --by kind
    prints '2021-11,1 2021-12,4 2022-02,3 2022-03,4 ' values --by month
    prints '2021-12,4 2022-03,4 2022-02,3 2021-11,1 ' values --by month --sort count
    prints '2022,7 ' values --by year --on 2022
    prints 'caricc,11 unodc,7 ' values --by org -n 2
    prints 'clear,12 ' values --by tlp
}

@test "counts follow the filters" {
    seed
    prints 'UZ,3 ' values --by country --country UZ
    prints 'RU,2 TJ,2 ' values --by country --not-country UZ --not-country KZ
    prints '' values --by country --country FR
    prints "$(plenary count --country TJ)" bash -c "plenary count --country TJ --by kind -o json | jq .count"
}

@test "a table, a share, and every other form" {
    seed
    run plenary count --by country -n 1
    says COUNTRY EVENTS SHARE "25.0 %" "all that match" "100.0 %" "3 more values are not shown"
    prints '{"value":"UZ","count":3}' bash -c 'plenary count --by country -o jsonl | head -n 1'
    prints '12 UZ 3' bash -c 'plenary count --by country -o json | jq -r "\"\(.count) \(.buckets[0].value) \(.buckets[0].count)\""'
    fails 2 plenary count -o csv
    fails 2 plenary count --sort value
    fails 6 plenary count --by country --sort size
    says "neither count nor value"
}

@test "what cannot be counted by is told, with what can" {
    fails 6 plenary count --by contry
    says "by:" '"contry" cannot be counted by' "did you mean country?" month "org.host"
    fails 6 plenary count --by person
}

@test "more values than a page holds" {
    for i in $(seq -w 1 1100); do
        echo "{\"event\":{\"uid\":\"$i@example.org\",\"kind\":\"meeting\",\"title\":\"M\",\"topics\":[\"topic $i\"],\"schedule\":{\"start\":\"2022-03-03\"}}}"
    done >"$work/many.jsonl"
    plenary import "$work/many.jsonl"
    prints 1100 bash -c 'plenary count --by topic -o jsonl | jq -r .value | sort -u | wc -l'
    prints 'topic 0001,1 topic 0002,1 ' values --by topic -n 2
}

@test "an answer explains itself" {
    seed
    run plenary list --explain --country UZ --country KZ --not-kind webinar --from 2022-03-01
    says "country=UZ | country=KZ" "not kind=webinar" "touches 2022-03-01 and after" "IN MEMORY" match loaded
    prints 'kind=training,1,1 org=unodc' bash -c \
        "plenary list --explain --kind training --org unodc -o json |
         jq -r '.steps | \"\(.[0].expression),\(.[0].size),\(.[0].left) \(.[1].expression | split(\" \")[0])\"'"
    prints 3 bash -c 'plenary list --explain -n 3 -o json | jq .loaded'
    prints 0 bash -c 'plenary count --explain -o json | jq .loaded'
    fails 2 plenary list --explain -o csv
}

@test "more values of one filter than there may be" {
    many() { plenary count $(seq -f '--topic=t%g' 300); }
    fails 6 many
    says "--topic" 256
}
