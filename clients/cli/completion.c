/* The verb completion: what makes a shell ask "plenary complete" for what may be typed. */
#include "clients/cli/complain.h"
#include "clients/cli/verbs.h"
#include "proto/nearest.h"

#include <stdio.h>
#include <string.h>

/* Bash takes a word apart at "=" and ":"; it is put together again to be asked about, and what bash
 * holds for earlier words is left out of the answers. */
static const char bash_script[] =
    "# bash completion for plenary                              -*- shell-script -*-\n"
    "_plenary() {\n"
    "    local i word value rest quote='' joined='' words=()\n"
    "    for ((i = 1; i <= COMP_CWORD; i++)); do\n"
    "        word=${COMP_WORDS[i]}\n"
    "        if [[ -n $joined && ($word == [=:]* || $joined == *[=:]) ]]; then\n"
    "            joined+=$word\n"
    "            words[${#words[@]}-1]=$joined\n"
    "        else\n"
    "            joined=$word\n"
    "            words+=(\"$word\")\n"
    "        fi\n"
    "    done\n"
    "    local held=${joined%\"$word\"}\n"
    "    [[ $word == [=:] ]] && held=$joined\n"
    "    [[ $word == [\\'\\\"]* ]] && quote=${word:0:1}\n"
    "    words=(\"${words[@]//[\\'\\\"\\\\]/}\")\n"
    "    COMPREPLY=()\n"
    "    while IFS=$'\\t' read -r value rest; do\n"
    "        case $value in\n"
    "        @files) compopt -o default ;;\n"
    "        @folders) compopt -o dirnames ;;\n"
    "        *)\n"
    "            value=${value#\"$held\"}\n"
    "            [[ $value == *: ]] && compopt -o nospace\n"
    "            [[ -n $quote ]] || printf -v value %q \"$value\"\n"
    "            COMPREPLY+=(\"$value\")\n"
    "            ;;\n"
    "        esac\n"
    "    done < <(\"$1\" complete -- \"${words[@]}\" 2>/dev/null)\n"
    "}\n"
    "complete -F _plenary plenary\n";

static const char zsh_script[] =
    "#compdef plenary\n"
    "_plenary() {\n"
    "    local line value files=''\n"
    "    local -a values shown open opens\n"
    "    for line in \"${(@f)$(${(Q)words[1]} complete -- \"${(@Q)words[2,CURRENT-1]}\" "
    "\"${(Q)PREFIX}\" 2>/dev/null)}\"; do\n"
    "        value=${line%%$'\\t'*}\n"
    "        case $value in\n"
    "        '') ;;\n"
    "        @*) files=$value ;;\n"
    "        *:) open+=(\"$value\") opens+=(\"$value\") ;;\n"
    "        *) values+=(\"$value\") shown+=(\"${line/$'\\t'/  }\") ;;\n"
    "        esac\n"
    "    done\n"
    "    case $files in\n"
    "    @files) _files; return ;;\n"
    "    @folders) _files -/; return ;;\n"
    "    esac\n"
    "    (($#open)) && compadd -V plenary -S '' -d opens -a -- open\n"
    "    (($#values)) && compadd -V plenary -l -d shown -a -- values\n"
    "}\n"
    "if [[ $funcstack[1] == _plenary ]]; then _plenary \"$@\"; else compdef _plenary plenary; fi\n";

static const char fish_script[] =
    "# fish completion for plenary\n"
    "function __plenary_complete\n"
    "    set -l words (commandline -opc)\n"
    "    set -l program $words[1]\n"
    "    for line in ($program complete -- $words[2..-1] (commandline -ct | string unescape) "
    "2>/dev/null)\n"
    "        switch $line\n"
    "            case '@files'\n"
    "                __fish_complete_path (commandline -ct)\n"
    "            case '@folders'\n"
    "                __fish_complete_directories (commandline -ct) ''\n"
    "            case '*'\n"
    "                printf '%s\\n' $line\n"
    "        end\n"
    "    end\n"
    "end\n"
    "complete -c plenary -f -k -a '(__plenary_complete)'\n";

typedef struct Shell {
    const char *name;
    const char *script;
} Shell;

static const Shell shells[] = {
    {"bash", bash_script},
    {"zsh", zsh_script},
    {"fish", fish_script},
};

enum {
    SHELLS = sizeof shells / sizeof *shells,
};

int verb_completion(Session *session)
{
    const char *names[SHELLS];
    for (size_t i = 0; i < SHELLS; i++) {
        names[i] = shells[i].name;
        if (strcmp(shells[i].name, session->words[0]) != 0) continue;
        (void)fputs(shells[i].script, stdout);
        return CLI_DONE;
    }
    const char *near = nearest(session->words[0], names, SHELLS);
    return complain_code(CLI_USAGE, "\"%s\" is not one of bash, zsh, fish%s%s%s", session->words[0],
                         near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}
