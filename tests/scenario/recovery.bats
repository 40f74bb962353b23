#!/usr/bin/env bats
# After a restore from a backup, everything that follows the registry recovers by itself.

load helpers

files=(calendar.ics report.html report.csv)

scenario_teardown() {
    if [ -n "${running[*]:-}" ]; then kill "${running[@]}" 2>/dev/null || true; fi
}

# Calendar and report in a folder of their own, to the present and no further.
catch_up_in() { # FOLDER
    plenary-calendar --once --state "$1/calendar" -O "$1/calendar.ics" --country UZ
    plenary-report --once --state "$1/report" --html "$1/report.html" --csv "$1/report.csv" \
        --country UZ
}

follow_in() { # FOLDER
    mkdir "$1"
    plenary-calendar --state "$1/calendar" -O "$1/calendar.ics" --country UZ 2>>"$1/err" 3>&- &
    running+=($!)
    plenary-report --state "$1/report" --html "$1/report.html" --csv "$1/report.csv" \
        --country UZ 2>>"$1/err" 3>&- &
    running+=($!)
    plenary-notify --state "$1/notify" --country UZ >"$1/told" 2>>"$1/err" 3>&- &
    running+=($!)
}

same_files() { # FOLDER FOLDER
    local file
    for file in "${files[@]}"; do cmp "$1/$file" "$2/$file" || return 1; done
}

add_uz() { plenary add meeting "$1" --start 2022-03-03 --country UZ --uid "$2@example.org" -o ids; }

@test "one that ran through it, one that was stopped and a new one write the same bytes" {
    follow_in "$work/always"
    mkdir "$work/stopped" "$work/new"
    seed
    plenary add meeting "Kept" --start 2022-03-03 --country UZ --uid kept@example.org
    plenary backup "$PLENARY_HOME/backup"
    plenary update kept@example.org --start 2022-04-01
    add_uz "Lost" lost
    catch_up_in "$work/stopped"
    eventually grep -q "Lost" "$work/always/calendar.ics"
    eventually grep -q "Lost" "$work/always/told"

    stop_daemon
    plenary restore "$PLENARY_HOME/backup"
    start_daemon
    add_uz "After" after
    plenary cancel rocb-webinar@caricc.example --reason "not of this view"
    plenary update tashkent-osce@caricc.example --country KZ --city Almaty
    catch_up_in "$work/stopped"
    catch_up_in "$work/new"
    same_files "$work/stopped" "$work/new"
    eventually same_files "$work/always" "$work/new"
    prints 1 grep -c "SUMMARY.*After" "$work/new/calendar.ics"
    fails 1 grep -q "Lost\|tashkent-osce" "$work/new/calendar.ics"
    run cat "$work/always/told"
    says "Kept: when 1 Apr 2022 → 3 Mar 2022" " left " "After"
}
