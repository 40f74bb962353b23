#!/usr/bin/env bats
# What a shell offers when the tab key is pressed: in the real bash, zsh and fish.

load helpers

scenario_setup() {
    start_daemon
    plenary org add unodc --name "Office on Drugs and Crime" --kind international
    add_meeting "A meeting" --start 2022-03-03 --participant 'Ivan Petrov' --participant 'Anna Lee'
    add_meeting "Another" --start 2022-03-03
}

# The values that may stand in the place of the last word, in one line.
offered() { plenary complete -- "$@" | cut -f1 | paste -sd ' '; }

@test "verbs, their second words, options and values are offered" {
    prints "cancel" offered ca
    prints "outcome org" offered o
    prints "add update list show" offered org ""
    prints "--kind" offered list --ki
    prints "--not-kind" offered list --not-ki
    prints "training" offered list --kind tr
    prints "--kind=training" offered list --kind=tr
    prints "meeting conference training webinar" offered add ""
    prints "ngo" offered org update unodc --kind ng
    prints "action_item" offered outcome add 1 --kind ac
    prints "UA UG UM US UY UZ" offered list --country U
    prints "Asia/Tashkent" offered update 1 --tz Asia/Tash
    prints "json jsonl" offered list -o js
    prints "json jsonl" offered export --as js
    prints "accepted" offered rsvp 1 "Anna Lee" ac
    prints "@files" offered import ""
    prints "@folders" offered --home ""
    prints "" offered nonsense ""
    run plenary help
    [[ $output != *$'\n  complete '* ]]
}

@test "events, organisations and participants are asked of the registry" {
    prints "2 1" offered show ""
    prints "unodc" offered list --org un
    prints "unodc:sponsor" offered list --org unodc:sp
    prints "Ivan Petrov" offered rsvp 1 Iv
    prints "Anna Lee" offered attend 1 "Ivan Petrov" present A
    run plenary complete -- show 2
    says Another
}

@test "a registry that does not answer is passed over in silence" {
    prints "" offered --home "$work" show ""
    stop_daemon
    run --separate-stderr plenary complete -- show ""
    [ "$status" -eq 0 ]
    [ -z "$output$stderr" ]
}

@test "bash" {
    reply() { # WORD...: what the completion function answers to words as bash takes them apart
        bash -c 'source <(plenary completion bash)
            compopt() { echo "compopt $*"; }
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
            _plenary plenary
            printf "%s\n" "${COMPREPLY[@]}"' bash "$@" | paste -sd,
    }
    prints "cancel" reply plenary ca
    prints "training" reply plenary list --kind = tr
    prints "meeting,conference,training,webinar" reply plenary list --kind =
    prints "sponsor" reply plenary list --org unodc : sp
    prints 'Ivan\ Petrov' reply plenary rsvp 1 Iv
    prints 'Ivan Petrov' reply plenary rsvp 1 '"Iv'
    prints 'accepted' reply plenary rsvp 1 '"Ivan Petrov"' ac
    prints 'accepted' reply plenary rsvp 1 'Ivan\ Petrov' ac
    prints 'compopt -o default,' reply plenary import ""
    prints 'compopt -o nospace,member:' reply plenary org update unodc --add-standing mem
}

@test "zsh" {
    mkdir "$work/functions"
    plenary completion zsh >"$work/functions/_plenary"
    touch "$work/events.yaml"
    cat >"$work/press" <<'END'
zmodload zsh/zpty
zpty z TERM=dumb zsh -f -i
zpty -w z "PS1= fpath=($work/functions \$fpath); autoload -U compinit; compinit -u -D; cd $work; echo RE''ADY"
zpty -r z said '*READY*'
zpty -w -n z "$1"$'\t'
zpty -r z said "*${(b)2}*"
END
    export work
    press() { timeout 20 zsh -f "$work/press" "$@"; }
    press 'plenary ca' 'plenary cancel '
    press 'plenary list --kind=tr' 'plenary list --kind=training '
    press 'plenary list --org unodc:sp' 'plenary list --org unodc:sponsor '
    press 'plenary rsvp 1 Iv' 'plenary rsvp 1 Ivan\ Petrov '
    press 'plenary import ev' 'plenary import events.yaml '
}

@test "fish" {
    plenary completion fish >"$work/plenary.fish"
    touch "$work/events.yaml"
    press() { fish -N -c 'source $work/plenary.fish; cd $work; complete -C $argv' "$1"; }
    export work
    prints $'cancel\tcancel an event; it stays visible as cancelled' press 'plenary ca'
    prints "--kind=training" press 'plenary list --kind=tr'
    prints $'2\tAnother' press 'plenary show 2'
    prints "unodc:sponsor" press 'plenary list --org unodc:sp'
    prints "Ivan Petrov" press 'plenary rsvp 1 Iv'
    prints "accepted" press 'plenary rsvp 1 "Ivan Petrov" ac'
    prints "events.yaml" press 'plenary import ev'
}

@test "a shell that there is not" {
    fails 2 plenary completion fihs
    says "did you mean \"fish\"?"
}
