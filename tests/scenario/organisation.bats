#!/usr/bin/env bats
# Changing the directory.

load helpers

scenario_setup() {
    start_daemon
    plenary org add unodc --name "Office on Drugs and Crime" --acronym UNODC --kind international \
        --alias "Drugs office" --email office@example.org
    plenary org add caricc --name "Coordination Centre" --acronym CARICC --kind regional
}

unodc() { plenary org show unodc -o json | jq -c "$1"; }

@test "only what is given changes" {
    prints "unodc revised (revision 2): name Office on Drugs and Crime → United Nations Office; email - office@example.org" \
        plenary org update UNODC --name "United Nations Office" --no-email
    prints '["United Nations Office","UNODC",["Drugs office"],null]' unodc '[.name, .acronym, .aliases, .email]'
    prints "unodc unchanged (revision 2)" plenary org update unodc --acronym UNODC
    prints "unodc would be revised (revision 3): acronym UNODC → X" \
        plenary org update unodc --acronym X --dry-run
}

@test "aliases and standings are added and removed" {
    plenary org update unodc --add-alias ODC --remove-alias "Drugs office"
    prints '["ODC"]' unodc .aliases
    plenary org update odc --add-standing "observer:CARICC;since=2010-01-01" --part-of Caricc
    prints '[[{"kind":"observer","towards":"caricc","since":"2010-01-01"}],"caricc"]' \
        unodc '[.standing, .partOf]'
    fails 6 plenary org update unodc --remove-standing member:caricc
    plenary org update unodc --remove-standing observer:caricc --no-part-of
    prints '[null,null]' unodc '[.standing, .partOf]'
    plenary org update unodc --alias One --alias Two
    prints '["One","Two"]' unodc .aliases
}

@test "two editors do not overwrite each other" {
    for i in $(seq 8); do
        plenary org update unodc --add-alias "Alias $i" >/dev/null 2>&1 3>&- &
    done
    wait $(jobs -p | grep -v "^$daemon$")
    prints 9 unodc '.aliases | length'
    fails 5 plenary org update unodc --if-rev 1 --name Other
    says "revision 9"
    prints '"Office on Drugs and Crime"' unodc .name
}

@test "what is wrong is said" {
    fails 3 plenary org update nowhere --name Other
    fails 2 plenary org update unodc
    fails 2 plenary org update unodc --kind ngp
    says ngo
    fails 2 plenary org update unodc --no-name
    fails 6 plenary org update unodc --part-of nowhere
    says part_of
    fails 6 plenary org update unodc --add-standing observr:caricc
    says "did you mean observer?"
    fails 6 plenary org update unodc --add-standing observer
    plenary org add other --name Other --kind ngo --alias ODC
    plenary org update unodc --add-alias ODC
    fails 6 plenary org update ODC --name New
    says unodc other
}
