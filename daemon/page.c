#include "daemon/page.h"

#include "daemon/config.h"
#include "proto/manual.h"

#include <stdio.h>

typedef struct Row {
    const char *term;
    const char *text;
} Row;

static const char example[] = "plenaryd --home ~/registry &\n"
                              "plenary --home ~/registry status";

static const char example_zpl[] = "views\n"
                                  "    delta_max_mib = 256\n"
                                  "streams\n"
                                  "    max_per_connection = 8";

static const Row variables[] = {
    {"PLENARY_HOME", "The registry's folder, where --home does not say it."},
    {"STATE_DIRECTORY", "Of a service: where the records are kept, where there is no home."},
    {"RUNTIME_DIRECTORY", "Of a service: where the sockets are, where there is no home."},
};

static const Row files[] = {
    {"HOME/data", "The journal, which is the only truth, and the views that are made of it. "
                  "Without a home, of a person, in the XDG data folder; of a service "
                  "/var/lib/plenary."},
    {"HOME/data/server.key", "The server's key pair, of mode 0600; server.key.pub beside it may be "
                             "handed out. Made by plenaryd init, with NAME.key of the first admin "
                             "where no key was given."},
    {"HOME/run", "The sockets, in a folder of mode 0700: who can open them is an administrator. "
                 "Without a home, in the XDG runtime folder, or /run/plenary."},
    {"HOME/plenaryd.zpl", "The configuration, which may be absent: plenaryd.zpl(5)."},
};

static const Row exits[] = {
    {"0", "done"},
    {"1", "failed, or a fault was found"},
    {"2", "unknown option"},
    {"6", "the configuration is not valid, or the folder is in use"},
    {"7", "disk or sockets are not available"},
};

static void print_rows(const char *title, ManualTerm kind, const Row *rows, size_t count)
{
    manual_section(stdout, title);
    manual_list(stdout);
    for (size_t i = 0; i < count; i++) {
        manual_item(stdout, kind, rows[i].term, NULL);
        manual_text(stdout, rows[i].text);
    }
    manual_list_end(stdout);
}

static void print_daemon(const char *date, const OptionRow *rows, size_t count)
{
    static const ManualPage others[] = {
        {"plenary", "1"}, {"plenary-bench", "1"}, {"plenaryd.zpl", "5"}};
    ManualHead head = {"plenaryd", "8", "keeps a registry of events", date};
    manual_head(stdout, &head);
    manual_section(stdout, "SYNOPSIS");
    manual_usage(stdout, "plenaryd", "[OPTIONS]");
    manual_usage(stdout, "plenaryd init", "[--admin NAME] [--key KEY] [OPTIONS]");
    manual_section(stdout, "DESCRIPTION");
    manual_text(stdout,
                "Keeps records of meetings, conferences, trainings and webinars with their whole "
                "history, answers requests, and tells every change to those who subscribed. It "
                "stays in the foreground, logs lines of key=value to standard error, and stops "
                "cleanly at SIGTERM and SIGINT. One folder has one daemon.");
    manual_example(stdout, example);
    manual_paragraph(stdout);
    manual_text(stdout,
                "With the word init it makes the server's key pair and registers a first admin "
                "with a key, as far as they are not there, and exits. It may be run again. No "
                "daemon may be running on the folder.");
    manual_list(stdout);
    for (size_t i = 0; i < count; i++) {
        manual_option(stdout, 0, rows[i].name, rows[i].argument);
        manual_text(stdout, rows[i].help);
    }
    manual_list_end(stdout);
    print_rows("ENVIRONMENT", MANUAL_VARIABLE, variables, sizeof variables / sizeof *variables);
    print_rows("FILES", MANUAL_FILE, files, sizeof files / sizeof *files);
    print_rows("EXIT STATUS", MANUAL_CODE, exits, sizeof exits / sizeof *exits);
    manual_see_also(stdout, others, sizeof others / sizeof *others);
}

static void print_zpl(const char *date)
{
    static const ManualPage others[] = {{"plenaryd", "8"}};
    ManualHead head = {"plenaryd.zpl", "5", "configuration of plenaryd", date};
    manual_head(stdout, &head);
    manual_section(stdout, "DESCRIPTION");
    manual_text(stdout,
                "A text of ZPL (ZeroMQ RFC 4): a line is a section, or a key and its value, and "
                "four more blanks before it put it into the section above. A line that begins with "
                "# says nothing. No configuration is needed, and every key has a value without "
                "it. What is not known, is there twice or is out of its bounds is refused with "
                "its line.");
    manual_example(stdout, example_zpl);
    manual_paragraph(stdout);
    manual_text(stdout, "The keys, each after its section and a slash:");
    config_print_manual(stdout);
    manual_see_also(stdout, others, sizeof others / sizeof *others);
}

bool page_print(int argc, char *const *argv, const OptionRow *rows, size_t count)
{
    const char *date = manual_asked(argc, argv, "--manual");
    if (date) {
        print_daemon(date, rows, count);
        return true;
    }
    date = manual_asked(argc, argv, "--manual-zpl");
    if (date) print_zpl(date);
    return date != NULL;
}
