#include "clients/cli/marks.h"

#include "clients/cli/complain.h"
#include "clients/cli/person.h"
#include "clients/lib/people.h"
#include "proto/json.h"

#include <stdio.h>
#include <string.h>

enum {
    ABOUT_SIZE = 512,
    TOLD_SIZE = 512,
    VALUES_MAX = 16, /* of a field */
};

const MarkField mark_response = {"response", &plenary__v1__participant__response__descriptor};
const MarkField mark_attendance = {"attendance", &plenary__v1__participant__attendance__descriptor};

int marks_open(Marks *self, Session *session, const MarkField *field)
{
    *self = (Marks){.session = session, .field = field, .adds = session_has(session, "add")};
    self->people = json_array();
    self->words = words_new();
    self->marks = arena_array(session->arena, MARKS_MAX, sizeof *self->marks);
    return self->people && self->words && self->marks ? CLI_DONE : session_no_memory();
}

void marks_close(Marks *self)
{
    json_decref(self->people);
    words_destroy(&self->words);
}

int marks_add(Marks *self, json_t *person, const char *value, size_t line)
{
    if (self->count == MARKS_MAX) {
        json_decref(person);
        return complain_code(CLI_INVALID, "there are more than %d people", MARKS_MAX);
    }
    if (json_array_append_new(self->people, person) != 0) return session_no_memory();
    self->marks[self->count++] = (Mark){.person = person, .value = value, .line = line};
    return CLI_DONE;
}

int marks_read_words(Marks *self, const char *const *words, size_t count)
{
    char message[PROBLEM_MESSAGE_SIZE];
    int value;
    if (count % 2)
        return complain_code(CLI_USAGE, "\"%s\": say NAME and %s in pairs", words[count - 1],
                             self->field->name);
    for (size_t i = 0; i < count; i += 2) {
        json_t *person = NULL;
        if (!json_enum_find(self->field->values, words[i + 1], &value)) {
            json_enum_explain(self->field->values, words[i + 1], message);
            return complain_code(CLI_INVALID, "%s: %s", self->field->name, message);
        }
        int code = person_parse(self->session, words[i], &person);
        if (code == CLI_DONE) code = marks_add(self, person, words[i + 1], 0);
        if (code != CLI_DONE) return code;
    }
    return CLI_DONE;
}

/* --- who is meant --- */

static Person person_of(const Mark *mark, bool is_exact)
{
    return (Person){.name = json_string_value(json_object_get(mark->person, "name")),
                    .email = json_string_value(json_object_get(mark->person, "email")),
                    .is_exact = is_exact};
}

static int refuse(const Marks *self, const Mark *mark, const Problem *problem)
{
    char about[ABOUT_SIZE];
    if (!self->file) return complain_problem(problem, NULL);
    (void)snprintf(about, sizeof about, "%s, line %zu, name", self->file, mark->line);
    (void)complain_problem(problem, about);
    return CLI_INVALID;
}

/* Everybody is marked once, however they are written. */
static int check_twice(const Marks *self, const People *all, size_t position)
{
    Problem problem;
    size_t index = position;
    Person person = person_of(&self->marks[position], true);
    problem_clear(&problem);
    StatusCode code = people_find(all, &person, &index, &problem);
    if (code == STATUS_OK && index == position) return CLI_DONE;
    problem_clear(&problem);
    problem_set(&problem, STATUS_INVALID_ARGUMENT, "\"%s\" is there twice",
                person.name ? person.name : person.email);
    return refuse(self, &self->marks[position], &problem);
}

/* Only what a sheet or --add gives is more than a name. */
static int check_addable(const Marks *self, const Mark *mark)
{
    Person person = person_of(mark, true);
    Problem problem;
    problem_clear(&problem);
    if (person.name && (person.email || !strchr(person.name, '@'))) return CLI_DONE;
    problem_set(&problem, STATUS_INVALID_ARGUMENT,
                "\"%s\" is not on the list; to add somebody, say the name too",
                person.name ? person.name : person.email);
    return refuse(self, mark, &problem);
}

/* --- changing the list --- */

/* On the list, only what is marked changes; of what else a sheet tells, what is not known yet is
 * taken. */
static int mark_one(const Marks *self, const Mark *mark, json_t *participant)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)mark->person, key, value)
    {
        bool replaces = strcmp(key, "mode") == 0;
        if (!replaces && json_object_get(participant, key)) continue;
        if (json_object_set(participant, key, value) != 0) return session_no_memory();
    }
    return json_object_set_new(participant, self->field->name, json_string(mark->value)) == 0
               ? CLI_DONE
               : session_no_memory();
}

static int add_one(const Marks *self, const Mark *mark, json_t *participants)
{
    int code = check_addable(self, mark);
    if (code != CLI_DONE) return code;
    json_t *person = json_deep_copy(mark->person);
    if (!person || json_array_append_new(participants, person) != 0) return session_no_memory();
    return mark_one(self, mark, person);
}

typedef struct Marking {
    const Marks *marks;
    const People *all;    /* the marks' */
    const People *listed; /* the event's, before anybody is added */
    json_t *participants;
    bool *is_marked;    /* of those listed */
    const char **names; /* of each mark, as they are on the list */
    size_t added;
    bool unknown; /* somebody is not on the list */
} Marking;

static int take(Marking *self, size_t position)
{
    const Marks *marks = self->marks;
    const Mark *mark = &marks->marks[position];
    Person person = person_of(mark, marks->file || marks->adds);
    Problem problem;
    size_t index = 0;
    int code = check_twice(marks, self->all, position);
    if (code != CLI_DONE) return code;
    problem_clear(&problem);
    StatusCode found = people_find(self->listed, &person, &index, &problem);
    if (found == STATUS_NOT_FOUND && marks->adds) {
        self->added++;
        self->names[position] = person.name;
        return add_one(marks, mark, self->participants);
    }
    self->unknown |= found == STATUS_NOT_FOUND;
    if (found == STATUS_OK && self->is_marked[index])
        found = problem_set(&problem, STATUS_INVALID_ARGUMENT, "\"%s\" is there twice",
                            person.name ? person.name : person.email);
    if (found != STATUS_OK) return refuse(marks, mark, &problem);
    json_t *participant = json_array_get(self->participants, index);
    self->is_marked[index] = true;
    self->names[position] = json_string_value(json_object_get(participant, "name"));
    return mark_one(marks, mark, participant);
}

/* --- telling --- */

static void print_names(FILE *file, const Marking *self)
{
    for (size_t i = 0; i < self->marks->count; i++)
        (void)fprintf(file, "%s%s %s", i ? ", " : "", self->names[i], self->marks->marks[i].value);
}

static void print_counts(FILE *file, const Marking *self)
{
    const ProtobufCEnumDescriptor *values = self->marks->field->values;
    bool first = true;
    for (unsigned v = 0; v < values->n_values; v++) {
        const char *name = json_enum_name(values, values->values[v].value);
        size_t count = 0;
        for (size_t i = 0; i < self->marks->count; i++)
            count += strcmp(self->marks->marks[i].value, name) == 0;
        if (count) (void)fprintf(file, "%s%zu %s", first ? "" : ", ", count, name);
        if (count) first = false;
    }
}

static const char *tell(const Marking *self)
{
    char text[TOLD_SIZE] = "";
    FILE *file = fmemopen(text, sizeof text, "w");
    if (!file) return NULL;
    if (self->marks->count <= MARKS_TOLD_BY_NAME)
        print_names(file, self);
    else
        print_counts(file, self);
    if (self->added) (void)fprintf(file, "; %zu added to the list", self->added);
    if (self->marks->blank) (void)fprintf(file, "; %zu not marked", self->marks->blank);
    (void)fclose(file);
    return arena_strdup(self->marks->session->arena, text);
}

/* --- all of them --- */

static json_t *participants_of(json_t *event)
{
    json_t *list = json_object_get(event, "participants");
    if (list) return list;
    if (json_object_set_new(event, "participants", json_array()) != 0) return NULL;
    return json_object_get(event, "participants");
}

static bool start(Marking *self, json_t *event)
{
    const Marks *marks = self->marks;
    Arena *arena = marks->session->arena;
    self->participants = participants_of(event);
    self->all = people_new(marks->people, marks->words, arena);
    self->listed = people_new(self->participants, marks->words, arena);
    self->is_marked = arena_array(arena, json_array_size(self->participants) + 1, sizeof(bool));
    self->names = arena_array(arena, marks->count + 1, sizeof *self->names);
    return self->participants && self->all && self->listed && self->is_marked && self->names;
}

int marks_change(void *context, json_t *event, const char **what)
{
    Marking self = {.marks = context};
    int code = CLI_DONE;
    size_t complaints = 0;
    if (!start(&self, event)) return session_no_memory();
    for (size_t i = 0; i < self.marks->count && complaints < MARKS_COMPLAINTS; i++) {
        int one = take(&self, i);
        if (one == CLI_DONE) continue;
        complaints++;
        if (code == CLI_DONE) code = one;
    }
    if (self.unknown) complain("--add puts on the list who is not on it yet");
    if (code == CLI_DONE) *what = tell(&self);
    return code;
}
