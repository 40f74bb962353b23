/* The verb watch: tells every change as it is made. */
#include "clients/cli/change_line.h"
#include "clients/cli/complain.h"
#include "clients/cli/verbs.h"
#include "clients/lib/change_json.h"
#include "clients/lib/execute.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    WATCH_WAIT_MS = 250,     /* the library's own clocks run in plenary_hear */
    WATCH_CHANGES_MAX = 256, /* told before the cursor is written */
};

typedef struct Watch {
    Session *session;
    PlenarySubscriber *subscriber;
    const char *command; /* --exec, or NULL */
    bool prints;
    bool follows;
    bool has_cursor;
    int signals;    /* signalfd */
    size_t unsaved; /* changes told since the cursor was written */
    bool command_failed;
    bool ends;
    int code;
} Watch;

static void end_with(Watch *watch, int code)
{
    watch->ends = true;
    watch->code = code;
}

/* --- telling --- */

/* The whole line, and out of the buffer. A reader that is gone is no failure of ours. */
static bool print_line(Watch *watch, const char *line)
{
    if (fputs(line, stdout) >= 0 && fflush(stdout) == 0) return true;
    watch->session->reader_gone = errno == EPIPE;
    end_with(watch, watch->session->reader_gone
                        ? CLI_DONE
                        : complain_code(CLI_FAILED, "standard output: %s", strerror(errno)));
    return false;
}

static bool print_change(Watch *watch, const PlenaryNews *news)
{
    char *line = watch->session->form == OUTPUT_JSONL
                     ? change_json_line(news->change, news->relation, NULL)
                     : change_line_words(watch->session, news);
    if (!line) {
        end_with(watch, session_no_memory());
        return false;
    }
    bool printed = print_line(watch, line);
    free(line);
    return printed;
}

static bool run_command(Watch *watch, const PlenaryNews *news)
{
    char reason[EXECUTE_REASON_SIZE];
    char *line = change_json_line(news->change, news->relation, NULL);
    if (!line) {
        end_with(watch, session_no_memory());
        return false;
    }
    if (!execute(watch->command, line, strlen(line), reason)) {
        watch->command_failed = true;
        complain("--exec: change %" PRIu64 ": the command %s", news->change->sequence, reason);
    }
    free(line);
    return true;
}

/* What was told is behind us also after a restart. */
static void save(Watch *watch)
{
    PlenaryError error;
    if (watch->unsaved == 0) return;
    watch->unsaved = 0;
    if (!plenary_acknowledge(watch->subscriber, &error) && watch->has_cursor)
        end_with(watch, complain_error(&error));
}

static void tell(Watch *watch, const PlenaryNews *news)
{
    if (watch->prints && !print_change(watch, news)) return;
    if (watch->command && !run_command(watch, news)) return;
    watch->unsaved++;
    /* A command's work is done once, or once too often: its cursor is written at once. */
    if (watch->command || watch->unsaved >= WATCH_CHANGES_MAX) save(watch);
}

/* --- hearing --- */

static void resync(Watch *watch, const PlenaryNews *news)
{
    complain("the place to go on from does not fit this registry's journal: %s",
             news->error.message);
    complain("changes may be missing: take a fresh \"plenary export\"; going on after change "
             "%" PRIu64,
             news->sequence);
    plenary_resume_after(watch->subscriber, news->sequence);
    watch->unsaved = 1;
}

static void hear(Watch *watch, const PlenaryNews *news)
{
    switch (news->heard) {
    case PLENARY_NOTHING: save(watch); break;
    case PLENARY_CHANGE: tell(watch, news); break;
    case PLENARY_CAUGHT_UP:
        watch->unsaved++;
        save(watch);
        if (!watch->follows && !watch->ends) end_with(watch, CLI_DONE);
        break;
    case PLENARY_RESYNC: resync(watch, news); break;
    case PLENARY_LOST:
        if (watch->follows)
            complain("LOST %s; waiting for it", news->error.message);
        else
            end_with(watch, complain_error(&news->error));
        break;
    case PLENARY_BACK: complain("BACK"); break;
    case PLENARY_REFUSED: end_with(watch, complain_error(&news->error)); break;
    }
}

/* Until something is heard, a signal asks to end, or the reader of our lines goes away: without
 * that a watcher in a pipe would stay until the next change. */
static void wait_for_more(Watch *watch)
{
    struct pollfd files[] = {
        {.fd = plenary_subscriber_fd(watch->subscriber), .events = POLLIN},
        {.fd = watch->signals, .events = POLLIN},
        {.fd = watch->prints ? STDOUT_FILENO : -1}, /* errors are always told */
    };
    if (poll(files, sizeof files / sizeof *files, WATCH_WAIT_MS) <= 0) return;
    if (files[2].revents) watch->session->reader_gone = true;
    if (files[1].revents || files[2].revents) end_with(watch, CLI_DONE);
}

static bool is_asked_to_end(const Watch *watch)
{
    struct pollfd file = {.fd = watch->signals, .events = POLLIN};
    return poll(&file, 1, 0) > 0;
}

static int run(Watch *watch)
{
    PlenaryNews news;
    while (!watch->ends) {
        /* All that is there is heard before waiting: the descriptor tells of new things only. */
        plenary_hear(watch->subscriber, 0, &news);
        hear(watch, &news);
        if (!watch->ends && news.heard == PLENARY_NOTHING)
            wait_for_more(watch);
        else if (!watch->ends && is_asked_to_end(watch))
            end_with(watch, CLI_DONE);
    }
    int code = watch->code;
    save(watch); /* a failure of it does not hide the reason of the end */
    if (code == CLI_DONE) code = watch->code;
    return code == CLI_DONE && watch->command_failed && !watch->follows ? CLI_FAILED : code;
}

/* --- starting --- */

static int read_since(const Session *session, PlenarySubscription *subscription)
{
    const char *text = session_option(session, "since");
    subscription->now = text == NULL;
    if (!text) return CLI_DONE;
    char *end;
    errno = 0;
    subscription->after_sequence = strtoull(text, &end, 10);
    if (*text >= '0' && *text <= '9' && !*end && !errno) return CLI_DONE;
    return complain_code(CLI_INVALID, "--since: \"%s\" is not the number of a change", text);
}

/* Signals come by a descriptor; the library's threads, which start later, have them blocked. */
static int catch_signals(Watch *watch)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGHUP);
    (void)signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) == 0) watch->signals = signalfd(-1, &set, SFD_CLOEXEC);
    return watch->signals >= 0 ? CLI_DONE
                               : complain_code(CLI_FAILED, "signals: %s", strerror(errno));
}

int verb_watch(Session *session)
{
    Watch watch = {.session = session, .signals = -1};
    PlenarySubscription subscription = {0};
    PlenaryError error;
    Query *query = NULL;
    watch.command = session_option(session, "exec");
    watch.prints = !watch.command || session->form_given;
    watch.follows = !session_has(session, "no-follow");
    subscription.cursor_file = session_option(session, "cursor");
    subscription.name = session_option(session, "name");
    watch.has_cursor = subscription.cursor_file != NULL;
    int code = read_since(session, &subscription);
    if (code == CLI_DONE) code = session_filters(session, &query);
    if (code == CLI_DONE) code = catch_signals(&watch);
    if (code != CLI_DONE) return code;
    bool filtered = query->n_terms || query->text || query->from || query->to;
    subscription.query = filtered ? query : NULL;
    watch.subscriber = plenary_subscribe(&session->connection, &subscription, &error);
    code = watch.subscriber ? run(&watch) : complain_error(&error);
    plenary_unsubscribe(&watch.subscriber);
    (void)close(watch.signals);
    return code;
}
