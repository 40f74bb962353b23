#include "clients/cli/verbs.h"

#include "proto/nearest.h"

#include <stdio.h>
#include <string.h>

#define FORMS_MESSAGE (FORM_BIT(OUTPUT_JSON) | FORM_BIT(OUTPUT_JSONL) | FORM_BIT(OUTPUT_YAML))
#define FORMS_SHEET   (FORM_BIT(OUTPUT_TABLE) | FORMS_MESSAGE)
#define FORMS_ALL     (FORMS_SHEET | FORM_BIT(OUTPUT_CSV) | FORM_BIT(OUTPUT_IDS))
#define FORMS_WRITE   (FORMS_SHEET | FORM_BIT(OUTPUT_IDS))

#define GROUPS_WRITE (GROUP_COMMON | GROUP_OUTPUT | GROUP_REQUEST)
#define GROUPS_FIND  (GROUP_COMMON | GROUP_OUTPUT | FILTERS_GROUP)

#define TIME_WORDS                                                                                 \
    "TIME is 2022-03-03 (the end of that day), 2022-03-03T14:00 local time, or RFC 3339."

#define WARNING_WORDS                                                                              \
    "Warns where a room, a person or the head of a delegation is taken at that time, and does it " \
    "all the same; --dry-run only warns."

static const Option common_options[] = {
    {"output", 'o', "FORM", 0, GROUP_OUTPUT, "in one of the forms below"},
    {"json", 0, NULL, 0, GROUP_OUTPUT, "the same as -o json"},
    {"limit", 'n', "COUNT", 0, GROUP_LIMIT, "at most so many; without it all"},
    {"home", 0, "DIR", 0, GROUP_COMMON, "the registry's folder, in the place of PLENARY_HOME"},
    {"context", 0, "CONTEXT", 0, GROUP_COMMON,
     "the registry of \"plenary context\", in the place of PLENARY_CONTEXT"},
    {"no-input", 0, NULL, 0, GROUP_COMMON, "never ask"},
    {"help", 'h', NULL, 0, GROUP_COMMON, "show this help"},
    {"version", 0, NULL, 0, GROUP_COMMON, "show the version"},
    {NULL, 0, NULL, 0, 0, NULL},
};

static const Option field_options[] = {
    {"title", 0, "TEXT", 0, GROUP_TITLE, "title"},
    {"kind", 0, "KIND", 0, GROUP_TITLE, "meeting, conference, training or webinar"},
    {"start", 0, "WHEN", 0, GROUP_FIELDS, "2022-03-03, or 2022-03-03T09:00 local time"},
    {"end", 0, "WHEN", OPTION_CLEARABLE, GROUP_FIELDS, "the last day, or the time it ends"},
    {"tz", 0, "ZONE", OPTION_CLEARABLE, GROUP_FIELDS, "time zone: Asia/Tashkent"},
    {"approximate", 0, NULL, OPTION_CLEARABLE, GROUP_FIELDS, "somewhere within start and end"},
    {"rrule", 0, "RULE", OPTION_CLEARABLE, GROUP_FIELDS,
     "when it takes place again: \"FREQ=WEEKLY;COUNT=8\" (RFC 5545)"},
    {"rdate", 0, "WHEN", OPTION_CLEARABLE | OPTION_ADDABLE, GROUP_FIELDS, "once more, then"},
    {"exdate", 0, "WHEN", OPTION_CLEARABLE | OPTION_ADDABLE, GROUP_FIELDS,
     "but not then: the start of an instance"},
    {"recurrence-id", 0, "WHEN", 0, GROUP_FIELDS,
     "start of the instance, of the series with --uid, that it replaces"},
    {"format", 0, "FORMAT", OPTION_CLEARABLE, GROUP_FIELDS, "in_person, online or hybrid"},
    {"venue", 0, "NAME", OPTION_CLEARABLE, GROUP_FIELDS, "name of the venue"},
    {"room", 0, "ROOM", OPTION_CLEARABLE, GROUP_FIELDS, "room"},
    {"street", 0, "STREET", OPTION_CLEARABLE, GROUP_FIELDS, "street and number"},
    {"city", 0, "CITY", OPTION_CLEARABLE, GROUP_FIELDS, "city"},
    {"country", 0, "CODE", OPTION_CLEARABLE, GROUP_FIELDS, "country, two letters: UZ"},
    {"online", 0, "URI", OPTION_CLEARABLE, GROUP_FIELDS, "where to join online"},
    {"org", 0, "ID|NAME[:ROLE]", OPTION_CLEARABLE | OPTION_ADDABLE, GROUP_FIELDS,
     "organiser, co_organiser, host, sponsor, partner, participant, observer"},
    {"participant", 0, "PERSON", OPTION_CLEARABLE | OPTION_ADDABLE, GROUP_FIELDS,
     "'Name <mail>;role=speaker;org=…;position=…;honorific=…;country=…;mode=online'"},
    {"topic", 0, "TOPIC", OPTION_CLEARABLE | OPTION_ADDABLE, GROUP_FIELDS, "a topic"},
    {"tlp", 0, "TLP", OPTION_CLEARABLE, GROUP_FIELDS,
     "who may see it: clear, green (as it is), amber, amber_strict, red"},
    {"audience", 0, "GROUP", OPTION_CLEARABLE | OPTION_ADDABLE, GROUP_FIELDS,
     "restricts it to a group or organisation"},
    {"part-of", 0, "ID", OPTION_CLEARABLE, GROUP_FIELDS, "the event that it is part of"},
    {"follows", 0, "ID", OPTION_CLEARABLE, GROUP_FIELDS, "the event that it follows"},
    {"series", 0, "NAME", OPTION_CLEARABLE, GROUP_FIELDS, "name of its series"},
    {"status", 0, "STATUS", 0, GROUP_FIELDS, "tentative, confirmed, postponed, held"},
    {"lang", 0, "TAG", OPTION_CLEARABLE, GROUP_FIELDS, "language of the texts: en"},
    {"category", 0, "TEXT", OPTION_CLEARABLE, GROUP_FIELDS, "category: \"bilateral meeting\""},
    {"description", 0, "TEXT", OPTION_CLEARABLE, GROUP_FIELDS, "what it is about"},
    {"uid", 0, "UID", 0, GROUP_FIELDS, "iCalendar UID; made where none is given"},
    {"capacity", 0, "COUNT", OPTION_CLEARABLE, GROUP_FIELDS, "how many may come"},
    {NULL, 0, NULL, 0, 0, NULL},
};

static const Option verb_options[] = {
    {"file", 'f', "FILE", 0, GROUP_FILE,
     "records as YAML, JSON, iCalendar or CSV; - is standard input"},
    {"dry-run", 0, NULL, 0, GROUP_DRY_RUN, "check only, change nothing"},
    {"request-id", 0, "UUID", 0, GROUP_REQUEST,
     "a UUIDv7 of your own: repeating it does nothing twice"},
    {"if-rev", 0, "REVISION", 0, GROUP_REVISION, "only where the record is at that revision"},
    {"to", 0, "REVISION", 0, GROUP_REVERT, "the revision to go back to"},
    {"reason", 0, "TEXT", 0, GROUP_REASON, "why"},
    {"yes", 'y', NULL, 0, GROUP_YES, "do not ask"},
    {"as-of", 0, "TIME", 0, GROUP_AS_OF,
     "as it was known at a time: the events and what they said"},
    {"from", 0, "TIME", 0, GROUP_LOG, "changes made then or later"},
    {"to", 0, "TIME", 0, GROUP_LOG, "changes made then or earlier"},
    {"since", 0, "SEQUENCE", 0, GROUP_LOG, "changes after that one"},
    {"principal", 0, "NAME", 0, GROUP_LOG, "who acted; asks for the right to see all"},
    {"org", 0, "NAME", 0, GROUP_LOG, "the organisation of who acted"},
    {"action", 0, "ACTION", 0, GROUP_LOG,
     "registered, revised, cancelled, reinstated, held, withdrawn, erased or revoked; may be "
     "repeated"},
    {"record", 0, "KIND", 0, GROUP_LOG, "event, organisation or principal"},
    {"reverse", 0, NULL, 0, GROUP_LOG, "the first one first"},
    {"told", 0, NULL, 0, GROUP_TOLD, "say who was told of each change"},
    {"at", 0, "REV|TIME", 0, GROUP_AT, "as it was at a revision, or known at a time"},
    {"errors", 0, "FILE", 0, GROUP_IMPORT,
     "go on without the records that are not valid, and write them there as JSON lines"},
    {"as", 0, "FORM", 0, GROUP_EXPORT, "json, jsonl, yaml, ics or csv"},
    {"directory", 0, NULL, 0, GROUP_EXPORT, "all organisations too, before the events"},
    {"output-file", 'O', "FILE", 0, GROUP_EXPORT, "write there, not to standard output"},
    {"since", 0, "SEQUENCE", 0, GROUP_WATCH, "start after that change; 0 is the beginning"},
    {"no-follow", 0, NULL, 0, GROUP_WATCH, "end when all that is there has been told"},
    {"cursor", 0, "FILE", 0, GROUP_WATCH, "keep the place there, and go on from it"},
    {"name", 0, "TEXT", 0, GROUP_WATCH,
     "be known by a name, so that it can be said what you heard"},
    {"exec", 0, "COMMAND", 0, GROUP_WATCH,
     "run a shell command for each change, with its JSON on standard input"},
    {"name", 0, "TEXT", 0, GROUP_ORGANISATION, "full name"},
    {"acronym", 0, "TEXT", OPTION_CLEARABLE, GROUP_ORGANISATION, "acronym"},
    {"alias", 0, "TEXT", OPTION_CLEARABLE | OPTION_ADDABLE, GROUP_ORGANISATION,
     "another name; may be repeated"},
    {"kind", 0, "KIND", 0, GROUP_ORGANISATION,
     "state, international, regional, state_agency, ngo, academic, private"},
    {"country", 0, "CODE", OPTION_CLEARABLE, GROUP_ORGANISATION, "country, two letters"},
    {"part-of", 0, "ID", OPTION_CLEARABLE, GROUP_ORGANISATION,
     "the organisation that it is part of"},
    {"standing", 0, "KIND:ID", OPTION_CLEARABLE | OPTION_ADDABLE, GROUP_ORGANISATION,
     "member, observer, partner or applicant: 'member:caricc;since=2012-03-01;until=…'"},
    {"email", 0, "MAIL", OPTION_CLEARABLE, GROUP_ORGANISATION, "address"},
    {"uri", 0, "URI", OPTION_CLEARABLE, GROUP_ORGANISATION, "web page"},
    {"kind", 0, "KIND", 0, GROUP_OUTCOME,
     "declaration, agreement, decision, recommendation or action_item"},
    {"title", 0, "TEXT", OPTION_CLEARABLE, GROUP_OUTCOME, "title"},
    {"text", 0, "TEXT", OPTION_CLEARABLE, GROUP_OUTCOME, "what was agreed, in full"},
    {"date", 0, "DATE", OPTION_CLEARABLE, GROUP_OUTCOME, "the day that it was agreed"},
    {"org", 0, "ID|NAME", OPTION_CLEARABLE | OPTION_ADDABLE, GROUP_OUTCOME,
     "whose it is to do; may be repeated"},
    {"due", 0, "DATE", OPTION_CLEARABLE, GROUP_OUTCOME, "the day by which it is to be done"},
    {"state", 0, "STATE", OPTION_CLEARABLE, GROUP_OUTCOME, "open, done or dropped"},
    {"closed-by", 0, "ID", OPTION_CLEARABLE, GROUP_OUTCOME, "the event that closed it"},
    {"by", 0, "FACET", 0, GROUP_BY,
     "for each country, kind, month, year, org, org.host (or another role), status, format, city, "
     "topic, series, category; or tlp, audience with the right to see all"},
    {"sort", 0, "ORDER", 0, GROUP_BY,
     "of the values: count (the largest first; as it is) or value (as it is for months and years)"},
    {"explain", 0, NULL, 0, GROUP_EXPLAIN,
     "how the answer is found, in its place: each step, its size, what was looked at"},
    {"role", 0, "ROLE", 0, GROUP_PRINCIPAL,
     "reader, registrar, admin, or gateway (which has no rights of its own)"},
    {"org", 0, "ID|NAME", OPTION_CLEARABLE, GROUP_PRINCIPAL, "the organisation that it acts for"},
    {"group", 0, "GROUP", OPTION_CLEARABLE | OPTION_ADDABLE, GROUP_PRINCIPAL,
     "a group of audiences that it is in; may be repeated"},
    {"clearance", 0, "TLP", OPTION_CLEARABLE, GROUP_PRINCIPAL,
     "the highest that it may see: clear, green (as it is), amber, amber_strict, red"},
    {"sees-contacts", 0, NULL, OPTION_CLEARABLE, GROUP_PRINCIPAL,
     "it may see addresses and telephone numbers"},
    {"key", 0, "PUBLIC|@FILE", 0, GROUP_KEY,
     "a public key, or a file of \"plenary key generate\"; two at most"},
    {"drop", 0, "FINGERPRINT", 0, GROUP_ROTATE, "the key that goes; 8 digits or more"},
    {"server-key", 0, "PUBLIC|@FILE", 0, GROUP_CONTEXT, "the server's public key, or a file of it"},
    {"key", 0, "FILE", 0, GROUP_CONTEXT, "your own pair; without it that of the program's state"},
    {"stream", 0, "ENDPOINT", 0, GROUP_CONTEXT,
     "where changes are heard; without it the port after that of the requests"},
    {"revoked", 0, NULL, 0, GROUP_REVOKED, "those that were revoked too"},
    {"person", 0, "NAME", 0, GROUP_ERASE, "who; case and marks do not matter"},
    {"text", 0, "TEXT", 0, GROUP_ERASE, "put it where other texts have the name"},
    {"expand", 0, NULL, 0, GROUP_EXPAND,
     "each time of what recurs by itself, by start; with an end: --to, --on or --next"},
    {"file", 'f', "FILE", 0, GROUP_SHEET, "a sheet of who came, as CSV; - is standard input"},
    {"add", 0, NULL, 0, GROUP_ADD, "put on the list who is not on it yet"},
    {NULL, 0, NULL, 0, 0, NULL},
};

const Verb verbs[] = {
    {"add", "KIND \"TITLE\" | -f FILE", "register an event",
     "plenary add conference \"Regional conference\" --start 2022-03-03 --end 2022-03-04 "
     "--city Tashkent --country UZ --org unodc:organiser\n"
     "plenary add -f events.yaml",
     "KIND is meeting, conference, training or webinar. A file holds one record or many, as "
     "YAML, JSON, iCalendar or CSV. " WARNING_WORDS,
     GROUPS_WRITE | GROUP_FIELDS | GROUP_FILE | GROUP_DRY_RUN, FORMS_WRITE, 0, 2, verb_add,
     PURPOSE_CHANGE},
    {"import", "FILE|FOLDER…", "register or revise all records of files, by their UIDs",
     "plenary import examples/caricc\nplenary import events.jsonl --errors rejects.jsonl",
     "Reads *.yaml, *.yml, *.json, *.jsonl, *.ics and *.csv. A record is an object with one key, "
     "event or organisation; an event of a calendar; a row of a sheet, whose first row names the "
     "columns. All are checked before the first one is sent; references among them may point "
     "in any direction. A second import of the same changes nothing. What clashes is not told: "
     "see \"plenary conflicts\" afterwards.",
     GROUP_COMMON | GROUP_IMPORT | GROUP_DRY_RUN, 0, 1, SIZE_MAX, verb_import, PURPOSE_EXCHANGE},
    {"list", "[FILTERS]", "show the events that match",
     "plenary list --from 2021-12-01 --to 2021-12-31 --country RU --country TJ\n"
     "plenary list --country UZ --as-of 2022-03-01\n"
     "plenary list --next 30d --expand",
     TIME_WORDS,
     GROUPS_FIND | FILTERS_SORT | GROUP_LIMIT | GROUP_EXPLAIN | GROUP_AS_OF | GROUP_EXPAND,
     FORMS_ALL, 0, 0, verb_list, PURPOSE_FIND},
    {"search", "WORDS… [FILTERS]", "show the events that have these words, in any script",
     "plenary search Ташкент --kind conference\n"
     "plenary search '\"drug control\" trai* -webinar' --sort start",
     "All of the words must be there, each by itself, by its stem (тренинги finds тренинг), or by "
     "another name of the place or organisation (Toshkent finds Tashkent); the last one may be the "
     "beginning of a word. word*: words that begin so. \"exact words\": these, one after the "
     "other. -word, -\"exact words\": not these; put such a question into quotation marks of the "
     "shell, as in the example. The best comes first, unless --sort says otherwise: titles before "
     "names, places and topics before the rest; with --as-of, the earliest. " TIME_WORDS,
     GROUPS_FIND | FILTERS_SORT | GROUP_LIMIT | GROUP_EXPLAIN | GROUP_AS_OF, FORMS_ALL, 1, SIZE_MAX,
     verb_search, PURPOSE_FIND},
    {"count", "[FILTERS]", "say how many events match",
     "plenary count --org unodc:sponsor\nplenary count --by month --on 2022 --kind training",
     "With --by, also how many have each value of a facet; -n is how many values are shown. An "
     "event "
     "with several values (topics, months that it touches) counts for each, one with none for "
     "none. "
     "Texts are as the index keeps them (tashkent); organisations are counted without their "
     "parts. " TIME_WORDS,
     GROUPS_FIND | GROUP_LIMIT | GROUP_BY | GROUP_EXPLAIN | GROUP_AS_OF,
     FORMS_SHEET | FORM_BIT(OUTPUT_CSV), 0, 0, verb_count, PURPOSE_FIND},
    {"show", "ID", "show one event whole", "plenary show 12\nplenary show 12 --at 1",
     "ID is a number, an id or its first 8 characters or more, or a UID. " TIME_WORDS,
     GROUP_COMMON | GROUP_OUTPUT | GROUP_AT, FORMS_ALL, 1, 1, verb_show, PURPOSE_FIND},
    {"update", "ID", "change fields of an event",
     "plenary update 12 --start 2022-03-10 --end 2022-03-11 --no-room\n"
     "plenary update 12 --if-rev 3 --add-topic customs",
     "A list (--topic, --org, …) replaces the one that is there; --add-… and --remove-… change it. "
     "--no-… or an empty value clears a field. " WARNING_WORDS,
     GROUPS_WRITE | GROUP_FIELDS | GROUP_TITLE | GROUP_DRY_RUN | GROUP_REVISION | GROUP_CHANGE,
     FORMS_WRITE, 1, 1, verb_update, PURPOSE_CHANGE},
    {"edit", "ID", "change an event in your editor, as YAML", "plenary edit 12",
     "Runs $VISUAL, $EDITOR or vi. A text that is not valid is opened again with the reasons. "
     "Where somebody else revised the event meanwhile, your text is kept: --file goes on with it.",
     GROUPS_WRITE | GROUP_FILE, FORMS_WRITE, 1, 1, verb_edit, PURPOSE_CHANGE},
    {"cancel", "ID", "cancel an event; it stays visible as cancelled",
     "plenary cancel 12 --reason \"no quorum\"", NULL, GROUPS_WRITE | GROUP_REVISION | GROUP_REASON,
     FORMS_WRITE, 1, 1, verb_cancel, PURPOSE_CHANGE},
    {"reinstate", "ID", "undo a cancellation", "plenary reinstate 12", NULL,
     GROUPS_WRITE | GROUP_REVISION | GROUP_REASON, FORMS_WRITE, 1, 1, verb_reinstate,
     PURPOSE_CHANGE},
    {"revert", "ID --to REVISION", "make an event what it was at a revision",
     "plenary revert 12 --to 3\nplenary revert 12 --to 3 --dry-run",
     "It becomes a new revision: nothing is taken out of the history. The status goes back too "
     "where it may follow the present one; that an event was held or is cancelled stays.",
     GROUPS_WRITE | GROUP_REVERT | GROUP_REVISION | GROUP_DRY_RUN, FORMS_WRITE, 1, 1, verb_revert,
     PURPOSE_CHANGE},
    {"hold", "ID", "say that an event took place", "plenary hold 12", NULL,
     GROUPS_WRITE | GROUP_REVISION, FORMS_WRITE, 1, 1, verb_hold, PURPOSE_CHANGE},
    {"withdraw", "ID", "take an event out of the registry", "plenary withdraw 12",
     "It is found no more and its UID stays reserved. Asks first; --yes does not.",
     GROUPS_WRITE | GROUP_REVISION | GROUP_YES, FORMS_WRITE, 1, 1, verb_withdraw, PURPOSE_CHANGE},
    {"rsvp", "ID NAME RESPONSE…", "note how participants answered an invitation",
     "plenary rsvp 12 petrov accepted\n"
     "plenary rsvp 12 \"Jane Doe <jane@example.org>;role=speaker\" tentative --add",
     "RESPONSE is accepted, tentative, declined or needs_action. NAME is an address, a name in any "
     "script, or the beginning of one where it fits nobody else. With --add, NAME is whole, and "
     "may say more, as --participant does.",
     GROUPS_WRITE | GROUP_ADD | GROUP_DRY_RUN | GROUP_REVISION, FORMS_WRITE, 3, SIZE_MAX, verb_rsvp,
     PURPOSE_PEOPLE},
    {"attend", "ID NAME ATTENDANCE… | ID -f FILE", "note who came",
     "plenary attend 12 petrov present \"Jane Doe\" excused\n"
     "plenary attend 12 -f sheet.csv --add",
     "ATTENDANCE is present, absent, excused or unknown. NAME is an address, a name in any script, "
     "or the beginning of one where it fits nobody else. A sheet has a line of headings, then a "
     "line for each person: name (whole) and attendance, and where they are known mode, "
     "organisation, country, role, position, email, honorific, phone, response. All of it is one "
     "revision, or none where anything is wrong. Of somebody who is on the list, attendance and "
     "mode are set; the rest is taken where it was not known yet.",
     GROUPS_WRITE | GROUP_ADD | GROUP_SHEET | GROUP_DRY_RUN | GROUP_REVISION, FORMS_WRITE, 1,
     SIZE_MAX, verb_attend, PURPOSE_PEOPLE},
    {"outcome add", "ID", "note what an event led to",
     "plenary outcome add 12 --kind action_item --title \"Share the contact lists\" --org unodc "
     "--due 2022-06-30 --state open",
     NULL, GROUPS_WRITE | GROUP_OUTCOME | GROUP_DRY_RUN | GROUP_REVISION, FORMS_WRITE, 1, 1,
     verb_outcome_add, PURPOSE_PEOPLE},
    {"outcome list", "ID", "show what an event led to", "plenary outcome list 12", NULL,
     GROUP_COMMON | GROUP_OUTPUT, FORMS_SHEET, 1, 1, verb_outcome_list, PURPOSE_PEOPLE},
    {"outcome update", "ID NUMBER", "change an outcome of an event",
     "plenary outcome update 12 2 --state done --closed-by 15",
     "NUMBER is the outcome's, as \"plenary outcome list\" shows it.",
     GROUPS_WRITE | GROUP_OUTCOME | GROUP_DRY_RUN | GROUP_REVISION | GROUP_CHANGE, FORMS_WRITE, 2,
     2, verb_outcome_update, PURPOSE_PEOPLE},
    {"history", "ID", "show every revision of an event, the newest first",
     "plenary history 12\nplenary history 12 --told",
     "With --told it says which named subscribers (\"plenary status\" lists them) had acknowledged "
     "each change that they hear: as far as the daemon remembers.",
     GROUP_COMMON | GROUP_OUTPUT | GROUP_LIMIT | GROUP_TOLD, FORMS_SHEET, 1, 1, verb_history,
     PURPOSE_FIND},
    {"diff", "ID [R1 [R2]]", "show what differs between two revisions",
     "plenary diff 12\nplenary diff 12 1 3\nplenary diff 12 2022-03-01",
     "R1 and R2 are revisions, or times: what was known then. Without R2 the latest one counts, "
     "without R1 the one before the latest. " TIME_WORDS,
     GROUP_COMMON | GROUP_OUTPUT, FORMS_SHEET, 1, 3, verb_diff, PURPOSE_FIND},
    {"conflicts", "[ID | FILTERS]",
     "show what cannot both be: one room, or one person, at one time",
     "plenary conflicts --next 90d\nplenary conflicts --city Tashkent --person \"Jane Doe\"\n"
     "plenary conflicts 12",
     "Of each pair one event matches, or is the one with that ID. A room is the same where venue "
     "and room are; a person counts where they come in person. What is cancelled is left out; "
     "\"possibly\" marks what is tentative, postponed, approximate, or of whom it is not said how "
     "they take part, and two delegations of one organisation under different heads. Of an event "
     "that you may not see it is told only that something is taken.",
     GROUPS_FIND | GROUP_LIMIT,
     FORM_BIT(OUTPUT_TABLE) | FORM_BIT(OUTPUT_JSON) | FORM_BIT(OUTPUT_JSONL) | FORM_BIT(OUTPUT_CSV),
     0, 1, verb_conflicts, PURPOSE_FIND},
    {"log", "", "show the changes of all records, the latest first",
     "plenary log -n 20\nplenary log --principal local --from 2022-03-01 --action withdrawn",
     "TIME is 2022-03-03 (all of that day), 2022-03-03T14:00 local time, or RFC 3339.",
     GROUP_COMMON | GROUP_OUTPUT | GROUP_LIMIT | GROUP_LOG, FORMS_ALL, 0, 0, verb_log,
     PURPOSE_FIND},
    {"watch", "[FILTERS]", "tell every change as it is made",
     "plenary watch --kind training\nplenary watch --since 0 -o jsonl --no-follow",
     "Starts with the next change, or where --since or --cursor say. With --exec nothing is "
     "printed but what the command prints, unless -o is given.",
     GROUPS_FIND | GROUP_WATCH, FORM_BIT(OUTPUT_TABLE) | FORM_BIT(OUTPUT_JSONL), 0, 0, verb_watch,
     PURPOSE_FIND},
    {"org add", "ID --name NAME | -f FILE", "put an organisation into the directory",
     "plenary org add unodc --name \"United Nations Office on Drugs and Crime\" --acronym UNODC "
     "--kind international",
     NULL, GROUPS_WRITE | GROUP_ORGANISATION | GROUP_FILE | GROUP_DRY_RUN, FORMS_WRITE, 0, 1,
     verb_org_add, PURPOSE_DIRECTORY},
    {"org update", "NAME", "change fields of an organisation",
     "plenary org update unodc --add-alias \"UN drugs office\" --no-email\n"
     "plenary org update fiu-kz --add-standing member:caricc",
     "NAME is an id, a name, an acronym or an alias. Only what is given changes. A list (--alias, "
     "--standing) replaces the one that is there; --add-… and --remove-… change it.",
     GROUPS_WRITE | GROUP_ORGANISATION | GROUP_DRY_RUN | GROUP_REVISION | GROUP_CHANGE, FORMS_WRITE,
     1, 1, verb_org_update, PURPOSE_DIRECTORY},
    {"org list", "", "show the directory", "plenary org list", NULL,
     GROUP_COMMON | GROUP_OUTPUT | GROUP_LIMIT, FORMS_ALL, 0, 0, verb_org_list, PURPOSE_DIRECTORY},
    {"org show", "NAME", "show the organisations that have a name", "plenary org show UNODC",
     "NAME is an id, a name, an acronym or an alias.", GROUP_COMMON | GROUP_OUTPUT, FORMS_ALL, 1, 1,
     verb_org_show, PURPOSE_DIRECTORY},
    {"principal add", "NAME --role ROLE", "let somebody in, by a key",
     "plenary principal add azamat --role registrar --org unodc --group \"customs experts\" "
     "--clearance amber --key @azamat.key.pub",
     "A reader reads; a registrar also registers, and revises what its organisation organises, "
     "hosts or registered; an admin may do all. Without a key it is let in when it has one: "
     "\"plenary principal rotate\". Over the sockets of its own machine the registry asks for no "
     "key: who can open them is an admin, called local.",
     GROUPS_WRITE | GROUP_PRINCIPAL | GROUP_KEY | GROUP_DRY_RUN, FORMS_WRITE, 1, 1,
     verb_principal_add, PURPOSE_ACCESS},
    {"principal update", "NAME", "change what somebody may see and do",
     "plenary principal update azamat --clearance amber_strict --add-group drugs",
     "Only what is given changes. --group replaces the groups that are there; --add-group and "
     "--remove-group change them. Keys are changed by \"plenary principal rotate\".",
     GROUPS_WRITE | GROUP_PRINCIPAL | GROUP_DRY_RUN | GROUP_REVISION | GROUP_CHANGE, FORMS_WRITE, 1,
     1, verb_principal_update, PURPOSE_ACCESS},
    {"principal rotate", "NAME", "give somebody a new key, or take the old one away",
     "plenary principal rotate azamat --key @new.key.pub\n"
     "plenary principal rotate azamat --drop 3f9a01c2",
     "Two keys may live at once, so that the old one works until the new one is in use. With "
     "both options the new one takes the old one's place at once.",
     GROUPS_WRITE | GROUP_KEY | GROUP_ROTATE | GROUP_DRY_RUN | GROUP_REVISION, FORMS_WRITE, 1, 1,
     verb_principal_rotate, PURPOSE_ACCESS},
    {"principal list", "", "show who may do what", "plenary principal list --revoked", NULL,
     GROUP_COMMON | GROUP_OUTPUT | GROUP_LIMIT | GROUP_REVOKED, FORMS_ALL, 0, 0,
     verb_principal_list, PURPOSE_ACCESS},
    {"principal show", "NAME|FINGERPRINT", "show one of them, or whose key it is",
     "plenary principal show azamat", "What was changed is in: plenary log --record principal.",
     GROUP_COMMON | GROUP_OUTPUT, FORMS_WRITE, 1, 1, verb_principal_show, PURPOSE_ACCESS},
    {"principal revoke", "NAME", "shut somebody out, for ever", "plenary principal revoke azamat",
     "Its keys are refused from then on. It stays in the list of the revoked and in the log; "
     "neither its name nor its keys can be given again. Asks first; --yes does not.",
     GROUPS_WRITE | GROUP_REVISION | GROUP_YES, FORMS_WRITE, 1, 1, verb_principal_revoke,
     PURPOSE_ACCESS},
    {"key generate", "[FILE]", "make a key pair for yourself", "plenary key generate ~/azamat.key",
     "FILE holds the pair and is its owner's alone (mode 0600); FILE.pub holds the public key and "
     "may be handed out. Without FILE it is \"key\" in the folder of the program's state. What is "
     "there is never written over.",
     GROUP_COMMON | GROUP_OUTPUT, FORMS_SHEET, 0, 1, verb_key_generate, PURPOSE_ACCESS},
    {"key show", "[FILE]", "show a public key and its fingerprint", "plenary key show ~/azamat.key",
     "Of FILE or FILE.pub. The secret key is never shown.", GROUP_COMMON | GROUP_OUTPUT,
     FORMS_SHEET, 0, 1, verb_key_show, PURPOSE_ACCESS},
    {"context add", "CONTEXT ENDPOINT", "remember a registry on the network, and the keys to it",
     "plenary context add office tcp://registry.example.org:5570 --server-key @server.key.pub \\\n"
     "    --key ~/azamat.key",
     "ENDPOINT is tcp://HOST:PORT. The server's key comes from its operator, over a way that you "
     "trust: it is what tells the registry from somebody else.",
     GROUP_COMMON | GROUP_CONTEXT, 0, 2, 2, verb_context_add, PURPOSE_ACCESS},
    {"context use", "CONTEXT", "use it from now on, where no other is said",
     "plenary context use office\nplenary context use local",
     "\"local\" is the registry of this machine, of the home's sockets.", GROUP_COMMON, 0, 1, 1,
     verb_context_use, PURPOSE_ACCESS},
    {"context list", "", "list them; a star is before the one in use", "plenary context list", NULL,
     GROUP_COMMON, 0, 0, 0, verb_context_list, PURPOSE_ACCESS},
    {"context show", "[CONTEXT]", "show one of them, or the one in use",
     "plenary context show office", NULL, GROUP_COMMON | GROUP_OUTPUT, FORMS_SHEET, 0, 1,
     verb_context_show, PURPOSE_ACCESS},
    {"context remove", "CONTEXT", "forget it; the keys stay", "plenary context remove office", NULL,
     GROUP_COMMON, 0, 1, 1, verb_context_remove, PURPOSE_ACCESS},
    {"status", "", "say how the registry is", "plenary status", NULL, GROUP_COMMON | GROUP_OUTPUT,
     FORMS_SHEET, 0, 0, verb_status, PURPOSE_REGISTRY},
    {"verify", "", "check the journal from its first change to its last", "plenary verify", NULL,
     GROUP_COMMON | GROUP_OUTPUT, FORMS_SHEET, 0, 0, verb_verify, PURPOSE_REGISTRY},
    {"erase", "[ID]", "take a person out of every record, former ones too, for good",
     "plenary erase --person 'Jane Doe' --dry-run\n"
     "plenary erase --person 'Jane Doe' --text 'a participant'",
     "Out of every image that was ever registered, or of those of the event ID: entries among the "
     "participants with all that they hold, and speakers. It is shown where else the name stands; "
     "--text takes it out of there too. Subscribers hear of it, and their copies follow. The log "
     "says that it was done, and to which records, not who it was. Afterwards \"plenary compact\" "
     "takes away what is left on the disk; backups made before still have the name. Asks first; "
     "--yes does not.",
     GROUP_COMMON | GROUP_OUTPUT | GROUP_ERASE | GROUP_DRY_RUN | GROUP_YES, FORMS_SHEET, 0, 1,
     verb_erase, PURPOSE_REGISTRY},
    {"export", "[FILTERS]", "write records so that import reads them",
     "plenary export --as yaml --from 2022-01-01 -O events.yaml\n"
     "plenary export --as jsonl --directory -O registry.jsonl\n"
     "plenary export --as ics --country UZ -O uzbekistan.ics",
     TIME_WORDS, GROUP_COMMON | FILTERS_GROUPS | GROUP_LIMIT | GROUP_EXPORT | GROUP_AS_OF, 0, 0, 0,
     verb_export, PURPOSE_EXCHANGE},
    {"backup", "DIR", "copy the registry into a new folder while it goes on",
     "plenary backup /var/backups/plenary-2022-03-03",
     "DIR is made by the daemon, on its machine, and holds all up to the last change that was made "
     "when you asked. Interrupting this program does not stop it; plenary status says how far it "
     "is.",
     GROUP_COMMON | GROUP_OUTPUT, FORMS_SHEET, 1, 1, verb_backup, PURPOSE_REGISTRY},
    {"restore", "DIR", "make a backup the registry; no daemon may be running",
     "plenary restore /var/backups/plenary-2022-03-03",
     "Runs plenaryd --restore on the same home. The backup is checked from its first change to its "
     "last, and what was there is put aside, not removed. All who subscribe take the registry "
     "anew.",
     GROUP_COMMON, 0, 1, 1, verb_restore, PURPOSE_REGISTRY},
    {"compact", "", "write the files anew, so that nothing deleted is left in them",
     "plenary compact",
     "What was deleted or replaced stays in the daemon's files until their room is used again, or "
     "until "
     "this. Others read and write meanwhile. It needs as much room on the disk again. Backups, and "
     "journals that restores put aside, are left as they are. Interrupting this program does not "
     "stop it; plenary status says how far it is.",
     GROUP_COMMON | GROUP_OUTPUT, FORMS_SHEET, 0, 0, verb_compact, PURPOSE_REGISTRY},
    {"completion", "SHELL", "print the script by which a shell completes what is typed",
     "source <(plenary completion bash)\n"
     "plenary completion zsh >~/.zfunc/_plenary\n"
     "plenary completion fish >~/.config/fish/completions/plenary.fish",
     "SHELL is bash, zsh or fish. Where Plenary is installed with its files, the shells find them "
     "by themselves.",
     GROUP_COMMON, 0, 1, 1, verb_completion, PURPOSE_HELP},
    {"complete", "WORD…", NULL, "plenary complete -- list --kind tr",
     "Says what the last word may become, for the scripts of \"plenary completion\".", GROUP_COMMON,
     0, 0, SIZE_MAX, verb_complete},
    {"help", "[VERB]", "explain a verb", "plenary help add", NULL, GROUP_COMMON, 0, 0, 2, verb_help,
     PURPOSE_HELP},
    {"version", "", "show the version", "plenary version", NULL, GROUP_COMMON, 0, 0, 0,
     verb_version, PURPOSE_HELP},
    {NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, NULL},
};

OptionTables verbs_options(void)
{
    static const Option *const tables[] = {filters_options, field_options, verb_options,
                                           common_options};
    return (OptionTables){tables, sizeof tables / sizeof *tables};
}

/* How many of the words are the verb's name; 0: they are not. */
static size_t match(const Verb *verb, const char *const *words, size_t count)
{
    const char *space = strchr(verb->name, ' ');
    if (!space) return strcmp(verb->name, words[0]) == 0 ? 1 : 0;
    size_t length = (size_t)(space - verb->name);
    bool first = strlen(words[0]) == length && strncmp(verb->name, words[0], length) == 0;
    return first && count > 1 && strcmp(space + 1, words[1]) == 0 ? 2 : 0;
}

static bool starts_with(const char *name, const char *first)
{
    size_t length = strlen(first);
    return strncmp(name, first, length) == 0 && name[length] == ' ';
}

/* The first word is that of verbs of two words: the second is missing or unknown. */
static bool explain_second(const char *const *words, size_t count,
                           char message[static OPTIONS_MESSAGE_SIZE])
{
    int length = snprintf(message, OPTIONS_MESSAGE_SIZE, "\"%.40s%s%.40s\": say one of", words[0],
                          count > 1 ? " " : "", count > 1 ? words[1] : "");
    bool found = false;
    for (const Verb *verb = verbs; verb->name; verb++) {
        if (!starts_with(verb->name, words[0])) continue;
        length += snprintf(message + length, OPTIONS_MESSAGE_SIZE - (size_t)length, "%s %s",
                           found ? "," : "", verb->name);
        found = true;
    }
    return found;
}

enum {
    VERBS = sizeof verbs / sizeof *verbs,
    FIRST_SIZE = 16, /* of a verb's first word */
};

static void suggest(const char *word, char message[static OPTIONS_MESSAGE_SIZE])
{
    char firsts[VERBS][FIRST_SIZE];
    const char *names[2 * VERBS];
    size_t count = 0;
    for (const Verb *verb = verbs; verb->name; verb++) {
        char *first = firsts[verb - verbs];
        if (verb_is_hidden(verb)) continue;
        (void)snprintf(first, FIRST_SIZE, "%.*s", (int)strcspn(verb->name, " "), verb->name);
        names[count++] = verb->name;
        names[count++] = first;
    }
    const char *near = nearest(word, names, count);
    (void)snprintf(message, OPTIONS_MESSAGE_SIZE, "unknown verb \"%.60s\"%s%s%s", word,
                   near ? "; did you mean \"" : "; \"plenary help\" lists them", near ? near : "",
                   near ? "\"?" : "");
}

const Verb *verbs_find(const char *const *words, size_t count, size_t *used,
                       char message[static OPTIONS_MESSAGE_SIZE])
{
    for (const Verb *verb = verbs; verb->name; verb++) {
        *used = match(verb, words, count);
        if (*used) return verb;
    }
    if (!explain_second(words, count, message)) suggest(words[0], message);
    return NULL;
}
