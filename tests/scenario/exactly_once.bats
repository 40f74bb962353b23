#!/usr/bin/env bats
# A request that is repeated with its id is done once.

load helpers

request_id=$(date +%s%3N | xargs printf '%012x' | sed 's/^\(.\{8\}\)\(.\{4\}\)$/\1-\2-7abc-8def-0123456789ab/')

@test "the same request with the same id is answered and not done again" {
    first=$(add_meeting "Talks" --start 2022-03-03 --request-id "$request_id")
    second=$(add_meeting "Talks" --start 2022-03-03 --request-id "$request_id")
    [ "$first" = "$second" ]
    prints 1 plenary count
    prints 1 sequence
}

@test "it is not done again after a crash either" {
    first=$(add_meeting "Talks" --start 2022-03-03 --request-id "$request_id")
    crash_daemon
    start_daemon
    second=$(add_meeting "Talks" --start 2022-03-03 --request-id "$request_id")
    [ "$first" = "$second" ]
    prints 1 plenary count
}

@test "another request with the same id is refused" {
    add_meeting "Talks" --start 2022-03-03 --request-id "$request_id"
    fails 6 plenary add meeting "Other talks" --start 2022-03-03 --request-id "$request_id"
    prints 1 plenary count
}

@test "an id that is no UUIDv7, or too old, is refused" {
    fails 6 plenary add meeting "Talks" --start 2022-03-03 --request-id "not-one"
    fails 6 plenary add meeting "Talks" --start 2022-03-03 \
        --request-id 01700000-0000-7abc-8def-0123456789ab
    prints 0 plenary count
}

@test "a refused request did nothing, and its id may be used again" {
    fails 6 plenary add meeting "Talks" --start 2022-03-03 --part-of nobody@example.org \
        --request-id "$request_id"
    plenary add meeting "Talks" --start 2022-03-03 --request-id "$request_id"
    prints 1 plenary count
}
