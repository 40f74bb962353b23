#!/usr/bin/env bats
# Who may do what: principals, their keys, and what the log says of them.

load helpers

scenario_setup() {
    start_daemon
    plenary org add unodc --name "Office on Drugs and Crime" --acronym UNODC --kind international
    cd "$work"
}

make_key() { plenary key generate "$1" >/dev/null; }
fingerprint() { plenary key show "$1" -o json | jq -r .fingerprint; }
principal() { plenary principal show azamat -o json | jq -c "$1"; }

add_azamat() {
    make_key azamat.key
    plenary principal add azamat --role registrar --org UNODC --group "customs experts" \
        --clearance amber --key @azamat.key.pub "$@"
}

@test "a key pair is its owner's alone, and is never written over" {
    run plenary key generate azamat.key
    says "public key" "fingerprint" "azamat.key.pub"
    [ "$(stat -c %a azamat.key)" = 600 ]
    before=$(sha256sum azamat.key azamat.key.pub)
    secret=$(sed -n 's/.*secret-key = "\(.*\)"/\1/p' azamat.key)
    [ ${#secret} = 40 ]
    [[ $output != *"$secret"* ]]
    fails 5 plenary key generate azamat.key
    says "not written over"
    [ "$(sha256sum azamat.key azamat.key.pub)" = "$before" ]
    [ "$(plenary key show azamat.key)" = "$(plenary key show azamat.key.pub)" ]
    run plenary key show azamat.key -o json
    [[ $output != *"$secret"* ]]
    run grep -c secret azamat.key.pub
    [ "$output" = 0 ]
    # Without a name it is the program's own.
    plenary key generate
    [ "$(stat -c %a "$PLENARY_HOME/state/key")" = 600 ]
    plenary key show
    fails 3 plenary key show nothing
    fails 6 plenary key show /dev/null
    fails 7 plenary key generate /nonexistent/key
}

@test "somebody is let in, by a key, as what they are" {
    prints "azamat registered (revision 1): registrar of unodc, amber, 1 key" add_azamat
    prints '["azamat","registrar","unodc",["customs experts"],"amber",null]' \
        principal '[.name, .role, .organisation, .groups, .clearance, .seesContacts]'
    prints "[\"$(fingerprint azamat.key)\"]" principal '[.keys[].fingerprint]'
    prints azamat plenary principal show "$(fingerprint azamat.key)" -o ids
    public=$(plenary key show azamat.key -o json | jq -r .publicKey)
    prints "bea would be registered (revision 1): reader, green, 0 keys" \
        plenary principal add bea --role reader --dry-run
    fails 3 plenary principal show bea
    plenary principal add web --role gateway
    plenary principal add ada --role admin --sees-contacts
    run plenary principal list
    says "NAME" "azamat registrar unodc" "customs experts" "no key"
    prints "$(printf 'ada\nazamat\nweb')" plenary principal list -o ids
    prints "$(printf 'ada\nazamat')" plenary principal list -o ids -n 2
    run plenary principal list -o csv
    says "azamat,registrar,unodc,amber,no,customs experts,$(fingerprint azamat.key),"
    prints 3 jq -n "$(plenary status -o json) | .principals"
}

@test "what may not be is refused, and the field is named" {
    add_azamat
    fails 2 plenary principal add
    fails 5 plenary principal add azamat --role reader
    says already
    fails 6 plenary principal add bea
    says role
    fails 6 plenary principal add bea --role raeder
    says "did you mean reader?"
    fails 6 plenary principal add Bea --role reader
    says name
    fails 6 plenary principal add local --role reader
    says "without a key"
    fails 6 plenary principal add bea --role registrar
    says "organisation: is required"
    fails 6 plenary principal add bea --role reader --org nowhere
    says 'no organisation "nowhere"'
    fails 6 plenary principal add bea --role reader --clearance secret
    says clearance
    fails 6 plenary principal add bea --role reader --group '*'
    says "groups[0]"
    fails 6 plenary principal add bea --role reader --group a --group a
    fails 6 plenary principal add bea --role reader --key short
    says "keys[0].public_key"
    [[ $output != *short* ]]
    fails 3 plenary principal add bea --role reader --key @nothing
    fails 6 plenary principal add bea --role reader --key @azamat.key
    says "is that of principal azamat"
    fails 2 plenary principal update azamat
    fails 2 plenary principal update azamat --key @azamat.key
    fails 3 plenary principal update bea --role reader
    fails 5 plenary principal update azamat --if-rev 7 --role reader
    fails 6 plenary principal update azamat --no-org
    prints 2 sequence
}

@test "what is given changes, and nothing else" {
    add_azamat
    prints "azamat revised (revision 2): group + drugs; clearance amber → red; sees contacts + true" \
        plenary principal update azamat --add-group drugs --clearance red --sees-contacts
    prints "azamat revised (revision 3): group - customs experts; clearance - red; sees contacts - true" \
        plenary principal update azamat --remove-group "customs experts" --no-clearance --no-sees-contacts
    prints "azamat unchanged (revision 3)" plenary principal update azamat --role registrar
    prints "azamat would be revised (revision 4): role registrar → reader" \
        plenary principal update azamat --role reader --dry-run
    prints '[["drugs"],1]' principal '[.groups, (.keys|length)]'
}

@test "a key is rotated: the new one comes, then the old one goes" {
    add_azamat
    make_key new.key
    make_key third.key
    old=$(fingerprint azamat.key)
    new=$(fingerprint new.key)
    fails 2 plenary principal rotate azamat
    prints "azamat revised (revision 2): key + $new" plenary principal rotate azamat --key @new.key
    fails 6 plenary principal rotate azamat --key @third.key.pub
    says "has 2 keys already" "$old" "$new"
    fails 6 plenary principal rotate azamat --key @new.key
    fails 6 plenary principal rotate azamat --drop 00000000
    fails 6 plenary principal rotate azamat --drop "${old:0:4}"
    prints "azamat revised (revision 3): key - $old" plenary principal rotate azamat --drop "${old:0:8}"
    fails 3 plenary principal show "$old"
    # At once.
    plenary principal rotate azamat --drop "$new" --key @third.key
    prints "[\"$(fingerprint third.key)\"]" principal '[.keys[].fingerprint]'
}

@test "who is revoked stays known, and neither name nor key is given again" {
    add_azamat
    fails 2 plenary principal revoke azamat --no-input
    says --yes
    fails 5 plenary principal revoke azamat --yes --if-rev 9
    run plenary principal revoke azamat --yes
    says "azamat revoked (revision 2)"
    prints "azamat unchanged (revision 2)" plenary principal revoke azamat --yes
    prints "" plenary principal list -o ids
    prints azamat plenary principal list --revoked -o ids
    run plenary principal list --revoked
    says "revoked 2"
    prints '["registrar",1,true]' principal '[.role, (.keys|length), (.revoked|length > 0)]'
    fails 6 plenary principal update azamat --clearance green
    says final
    fails 6 plenary principal add azamat --role reader
    fails 6 plenary principal rotate azamat --drop "$(fingerprint azamat.key)"
    fails 6 plenary principal add bea --role reader --key @azamat.key
    says "which was revoked"
    fails 3 plenary principal revoke nobody --yes
}

@test "every act is in the log, and in the stream" {
    add_azamat
    plenary principal update azamat --clearance red
    plenary principal revoke azamat --yes
    prints '[["registered",1,"local"],["revised",2,"local"],["revoked",3,"local"]]' \
        jq -c -s '[.[] | [.action, .principal.revision, .byPrincipal]]' \
        <(plenary log --record principal --reverse -o jsonl)
    prints '[4]' jq -c -s 'map(.sequence)' <(plenary log --action revoked -o jsonl)
    run plenary log
    says "principal azamat" "registrar of unodc, red, 1 key"
    run plenary watch --since 1 --no-follow
    says "#2 registered  principal azamat: registrar of unodc, amber, 1 key" \
        "#4 revoked  principal azamat"
    prints '[2,3,4]' jq -c -s '[.[] | select(.principal) | .sequence]' \
        <(plenary watch --since 0 --no-follow -o jsonl)
    # Who asks for events hears none of it.
    prints '' plenary watch --kind meeting --since 0 --no-follow -o jsonl
}

@test "a repeated act is done once" {
    id=$(python3 -c 'import time, uuid
t = int(time.time() * 1000); r = uuid.uuid4().int & ((1 << 62) - 1)
print(uuid.UUID(int=t << 80 | 7 << 76 | 2 << 62 | r))')
    make_key azamat.key
    for i in 1 2; do
        prints "azamat registered (revision 1): reader, green, 1 key" \
            plenary principal add azamat --role reader --key @azamat.key --request-id "$id"
    done
    prints 2 sequence
    fails 6 plenary principal add bea --role reader --request-id "$id"
}

@test "principals outlive a crash, a rebuild, and a restore" {
    add_azamat
    plenary principal add bea --role reader
    plenary principal revoke bea --yes
    before=$(plenary principal list --revoked -o jsonl)
    crash_daemon
    start_daemon
    [ "$(plenary principal list --revoked -o jsonl)" = "$before" ]
    plenary backup "$work/backup" >/dev/null
    plenary principal revoke azamat --yes
    stop_daemon
    run plenaryd --check
    says "principals: 2 entries, 0 wrong, 0 missing"
    plenaryd --reindex
    start_daemon
    prints "" plenary principal list -o ids
    stop_daemon
    plenary restore "$work/backup"
    start_daemon
    # An older backup brings back who was revoked since.
    [ "$(plenary principal list --revoked -o jsonl)" = "$before" ]
}

@test "followers pass over principals" {
    add_azamat
    add_meeting "Meeting" --start 2022-03-03 >/dev/null
    run plenary-notify --from-start --once
    [ "$status" -eq 0 ]
    says Meeting
    [[ $output != *azamat* ]]
    plenary export --as jsonl --directory -O all.jsonl
    run grep -c azamat all.jsonl
    [ "$output" = 0 ]
}

@test "names are completed" {
    add_azamat
    run plenary complete -- principal revoke ""
    says azamat
    run plenary complete -- principal add x --role ""
    says registrar gateway
    run plenary complete -- principal add x --org un
    says unodc
    run plenary complete -- principal list --re
    says --revoked
}
