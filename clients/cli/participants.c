/* The verbs rsvp and attend: what becomes of an event's participants. */
#include "clients/cli/complain.h"
#include "clients/cli/marks.h"
#include "clients/cli/revise.h"
#include "clients/cli/sheet.h"
#include "clients/cli/verbs.h"

int verb_rsvp(Session *session)
{
    Marks marks;
    int code = marks_open(&marks, session, &mark_response);
    if (code == CLI_DONE)
        code = marks_read_words(&marks, session->words + 1, session->word_count - 1);
    if (code == CLI_DONE) code = revise_event(session, session->words[0], marks_change, &marks);
    marks_close(&marks);
    return code;
}

int verb_attend(Session *session)
{
    Marks marks;
    const char *sheet = session_option(session, "file");
    size_t count = session->word_count - 1;
    if (sheet && count)
        return complain_code(CLI_USAGE, "with -f the sheet says who came: no names");
    if (!sheet && !count)
        return complain_code(CLI_USAGE, "say who: plenary attend %s NAME present, or -f sheet.csv",
                             session->words[0]);
    int code = marks_open(&marks, session, &mark_attendance);
    if (code == CLI_DONE)
        code =
            sheet ? sheet_read(&marks, sheet) : marks_read_words(&marks, session->words + 1, count);
    if (code == CLI_DONE) code = revise_event(session, session->words[0], marks_change, &marks);
    marks_close(&marks);
    return code;
}
