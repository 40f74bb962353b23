#!/usr/bin/env bats
# Who answered, and who came: rsvp and attend.

load helpers

scenario_setup() {
    start_daemon
    add_meeting "A meeting" --start 2022-03-03 --participant 'Ivan Petrov <ivan@example.org>' \
        --participant 'Ырысбек Асанов' --participant 'Ivan Sidorov' --participant 'Anna Lee'
}

# The participants as [name, FIELD] in one line.
marked() { plenary show 1 -o json | jq -c "[.participants[] | [.name, .$1]]"; }

revision() { plenary show 1 -o json | jq .revision; }

sheet() { cat >"$work/sheet.csv"; }

@test "a participant is found by a name in any script, a beginning, or an address" {
    prints "1 revised (revision 2): Ivan Petrov accepted" plenary rsvp 1 petr accepted
    prints "1 revised (revision 3): Ырысбек Асанов tentative" plenary rsvp 1 "YRYSBEK asanov" tentative
    prints "1 revised (revision 4): Ivan Petrov declined" plenary rsvp 1 IVAN@example.org declined
    prints '[["Ivan Petrov","declined"],["Ырысбек Асанов","tentative"],["Ivan Sidorov",null],["Anna Lee",null]]' \
        marked response
    prints "1 unchanged (revision 4)" plenary rsvp 1 petrov declined
}

@test "who may be several, or is not there, is named and nothing is changed" {
    fails 6 plenary rsvp 1 ivan accepted
    says "Ivan Petrov <ivan@example.org>" "Ivan Sidorov"
    fails 3 plenary rsvp 1 petrof accepted
    says 'did you mean "Ivan Petrov' --add
    fails 3 plenary rsvp 1 Zzzzzz accepted
    says "Anna Lee"
    fails 6 plenary rsvp 1 anna acepted
    says "did you mean accepted?"
    fails 3 plenary rsvp 99 anna accepted
    fails 2 plenary rsvp 1 anna accepted petrov
    prints 1 revision
}

@test "--add puts somebody on the list, with what is said of them, and only once" {
    prints "1 revised (revision 2): Jane Doe accepted; 1 added to the list" \
        plenary rsvp 1 'Jane Doe <jane@example.org>;role=speaker' accepted --add
    prints "1 revised (revision 3): Jane Doe tentative" plenary rsvp 1 'jane doe' tentative --add
    prints '{"name":"Jane Doe","email":"jane@example.org","role":"speaker","response":"tentative"}' \
        bash -c "plenary show 1 -o json | jq -c '.participants[4]'"
    fails 6 plenary attend 1 somebody@example.org present --add
    says "name"
    prints 3 revision
}

@test "several are marked in one revision" {
    prints "1 revised (revision 2): Ivan Petrov present, Anna Lee excused" \
        plenary attend 1 petrov present anna excused
    fails 6 plenary attend 1 sidorov present "ivan sidorov" absent
    says twice
    fails 3 plenary attend 1 sidorov present nobody absent
    prints 2 revision
}

@test "a whole sheet is one revision" {
    sheet <<'END'
Name;Attendance;mode;country;email
Иван Петров;present;online;UZ;
"Lee, Ann";present;;KZ;ann@example.org
Anna Lee;absent;;;

Ырысбек Асанов;;;;
ivan sidorov;excused
END
    fails 6 plenary attend 1 -f "$work/sheet.csv"
    says "sheet.csv, line 3, name" "Lee, Ann" --add
    prints 1 revision
    prints "1 revised (revision 2): Ivan Petrov present, Lee, Ann present, Anna Lee absent, Ivan Sidorov excused; 1 added to the list; 1 not marked" \
        plenary attend 1 -f "$work/sheet.csv" --add
    prints '[["Ivan Petrov","present"],["Ырысбек Асанов",null],["Ivan Sidorov","excused"],["Anna Lee","absent"],["Lee, Ann","present"]]' \
        marked attendance
    prints '["online","UZ","ivan@example.org"]' \
        bash -c "plenary show 1 -o json | jq -c '.participants[0] | [.mode, .country, .email]'"
    prints "1 unchanged (revision 2)" plenary attend 1 -f - --add <"$work/sheet.csv"
}

@test "a sheet of a hundred people is told as counts" {
    { echo "name,attendance"; for i in $(seq 100); do echo "Person $i,present"; done; } | sheet
    prints "1 revised (revision 2): 100 present; 100 added to the list" \
        plenary attend 1 -f "$work/sheet.csv" --add
}

@test "what is wrong in a sheet is named with line and column, and nothing is changed" {
    sheet <<'END'
name,attendance,country
Ivan Petrov,pressent,UZ
Anna Lee,present,XX
Иван Сидоров,present
Ivan Sidorov,absent
"Anna
Lee",present
Nobody,present,UZ,more
END
    fails 6 plenary attend 1 -f "$work/sheet.csv"
    says "line 2, attendance" "did you mean present?" "line 3, country" "line 8: has more cells"
    sheet <<<$'name,attendance\nIvan Sidorov,present\nИван Сидоров,absent'
    fails 6 plenary attend 1 -f "$work/sheet.csv"
    says "line 3, name" twice
    sheet <<<$'name,atendance\nAnna Lee,present'
    fails 6 plenary attend 1 -f "$work/sheet.csv"
    says "line 1" atendance 'did you mean "attendance"?'
    sheet <<<$'Anna Lee,present'
    fails 6 plenary attend 1 -f "$work/sheet.csv"
    says "line 1"
    sheet <<<$'name,attendance\n"Anna Lee,present'
    fails 6 plenary attend 1 -f "$work/sheet.csv"
    says "line 2" "not closed"
    printf 'name,attendance\nAnna Lee\xc0,present\n' | sheet
    fails 6 plenary attend 1 -f "$work/sheet.csv"
    says "line 2" UTF-8
    sheet </dev/null
    fails 6 plenary attend 1 -f "$work/sheet.csv"
    fails 6 plenary attend 1 -f "$work/nowhere.csv"
    says nowhere.csv
    fails 2 plenary attend 1 anna present -f "$work/sheet.csv"
    fails 2 plenary attend 1
    prints 1 revision
}

@test "those who mark at the same time all succeed" {
    for i in $(seq 12); do
        plenary attend 1 "Person $i" present --add >"$work/out.$i" 2>&1 3>&- &
    done
    plenary update 1 --room 7
    wait $(jobs -p | grep -v "^$daemon$")
    prints 12 bash -c "plenary show 1 -o json | jq '[.participants[] | select(.attendance == \"present\")] | length'"
    prints 14 revision
}

@test "--if-rev marks only what was seen" {
    plenary update 1 --room 7
    fails 5 plenary attend 1 anna present --if-rev 1
    plenary attend 1 anna present --if-rev 2
    prints "1 would be revised (revision 4): Ivan Petrov present" \
        plenary attend 1 petrov present --dry-run
    prints 3 revision
}
