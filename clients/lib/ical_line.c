#include "clients/lib/ical_line.h"

#include "proto/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"

bool ical_is_name(const char *text)
{
    return *text && text[strspn(text, NAME_CHARACTERS)] == '\0';
}

/* --- writing --- */

/* One character, of `length` octets. */
static void put_character(IcalPen *self, const char *character, size_t length)
{
    if (self->column + length > ICAL_LINE_OCTETS_MAX) {
        (void)fputs("\r\n ", self->file);
        self->column = 1;
    }
    (void)fwrite(character, 1, length, self->file);
    self->column += length;
}

static void put(IcalPen *self, const char *text)
{
    for (; *text; text++)
        put_character(self, text, 1);
}

/* Octets of the character at `text`; a sequence that is cut short counts as far as it goes. */
static size_t length_of(const char *text)
{
    size_t length = (size_t)(text_next(text) - text);
    return strnlen(text, length);
}

/* What stands for a character within a value; NULL: it stands for itself. */
typedef const char *escape_fn(char character);

/* RFC 5545 section 3.3.11. */
static const char *escape_text(char character)
{
    switch (character) {
    case '\\': return "\\\\";
    case ';': return "\\;";
    case ',': return "\\,";
    case '\n': return "\\n";
    case '\t': return NULL;
    default: return text_is_control((unsigned char)character) ? "" : NULL;
    }
}

/* RFC 6868. */
static const char *escape_parameter(char character)
{
    switch (character) {
    case '^': return "^^";
    case '"': return "^'";
    case '\n': return "^n";
    case '\t': return NULL;
    default: return text_is_control((unsigned char)character) ? "" : NULL;
    }
}

/* No line break of a value may become one of the file. */
static const char *escape_raw(char character)
{
    switch (character) {
    case '\n': return "\\n";
    case '\t': return NULL;
    default: return text_is_control((unsigned char)character) ? "" : NULL;
    }
}

static void put_escaped(IcalPen *self, const char *text, escape_fn *escape)
{
    while (*text) {
        const char *instead = escape(*text);
        size_t length = length_of(text);
        if (instead)
            put(self, instead);
        else
            put_character(self, text, length);
        text += length;
    }
}

void ical_begin(IcalPen *self, const char *name)
{
    self->column = 0;
    put(self, name);
}

void ical_parameter(IcalPen *self, const char *name, const char *value)
{
    if (!value || !*value) return;
    bool quoted = value[strspn(value, NAME_CHARACTERS "/_+.")] != '\0';
    put(self, ";");
    put(self, name);
    put(self, quoted ? "=\"" : "=");
    put_escaped(self, value, escape_parameter);
    if (quoted) put(self, "\"");
}

void ical_end(IcalPen *self)
{
    (void)fputs("\r\n", self->file);
    self->column = 0;
}

void ical_text(IcalPen *self, const char *value)
{
    put(self, ":");
    put_escaped(self, value, escape_text);
    ical_end(self);
}

void ical_list_text(IcalPen *self, const char *value, bool first)
{
    put(self, first ? ":" : ",");
    put_escaped(self, value, escape_text);
}

void ical_raw(IcalPen *self, const char *value)
{
    put(self, ":");
    put_escaped(self, value, escape_raw);
    ical_end(self);
}

void ical_text_line(IcalPen *self, const char *name, const char *value)
{
    if (!value) return;
    ical_begin(self, name);
    ical_text(self, value);
}

void ical_raw_line(IcalPen *self, const char *name, const char *value)
{
    if (!value) return;
    ical_begin(self, name);
    ical_raw(self, value);
}

/* --- unfolding --- */

struct IcalSource {
    FILE *file;
    char *ahead; /* the folded line that was read and not yet used */
    size_t ahead_room;
    ssize_t ahead_length; /* below 0: there is none */
    size_t number;        /* of the line ahead */
    char *text;           /* the line that is being unfolded */
    size_t room;
};

enum {
    TEXT_FIRST_BYTES = 4096,
};

/* The next folded line without its end. */
static void read_ahead(IcalSource *self)
{
    self->ahead_length = getline(&self->ahead, &self->ahead_room, self->file);
    if (self->ahead_length < 0) return;
    while (self->ahead_length > 0 && strchr("\r\n", self->ahead[self->ahead_length - 1]))
        self->ahead_length--;
    self->ahead[self->ahead_length] = '\0';
    self->number++;
}

/* A byte order mark is no part of the first line. */
static void skip_mark(IcalSource *self)
{
    static const char mark[] = "\xEF\xBB\xBF";
    if (self->ahead_length < 3 || memcmp(self->ahead, mark, 3) != 0) return;
    self->ahead_length -= 3;
    memmove(self->ahead, self->ahead + 3, (size_t)self->ahead_length + 1);
}

IcalSource *ical_source_new(FILE *file)
{
    IcalSource *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->file = file;
    self->room = TEXT_FIRST_BYTES;
    self->text = malloc(self->room);
    if (!self->text) {
        free(self);
        return NULL;
    }
    read_ahead(self);
    skip_mark(self);
    return self;
}

void ical_source_destroy(IcalSource **self)
{
    if (!self || !*self) return;
    free((*self)->ahead);
    free((*self)->text);
    free(*self);
    *self = NULL;
}

static bool make_room(IcalSource *self, size_t needed)
{
    if (needed <= self->room) return true;
    size_t room = self->room;
    while (room < needed)
        room *= 2;
    char *text = realloc(self->text, room);
    if (!text) return false;
    self->text = text;
    self->room = room;
    return true;
}

static bool goes_on(const IcalSource *self)
{
    return self->ahead_length > 0 && (*self->ahead == ' ' || *self->ahead == '\t');
}

/* The folded lines of one line, joined. The line ahead is passed over even where it does not fit.
 */
static StatusCode unfold(IcalSource *self, size_t *length, Problem *problem)
{
    size_t used = 0;
    bool fits = true;
    do {
        size_t skipped = used > 0 ? 1 : 0;
        size_t more = (size_t)self->ahead_length - skipped;
        fits = fits && used + more < ICAL_CONTENT_BYTES_MAX && make_room(self, used + more + 1);
        if (fits) memcpy(self->text + used, self->ahead + skipped, more + 1);
        used += more;
        read_ahead(self);
    } while (goes_on(self));
    *length = used;
    if (fits) return STATUS_OK;
    return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "a line over %d bytes",
                       ICAL_CONTENT_BYTES_MAX);
}

/* --- parsing --- */

static void to_upper(char *text)
{
    for (; *text; text++)
        if (*text >= 'a' && *text <= 'z') *text = (char)(*text - 'a' + 'A');
}

/* RFC 6868, in place. */
static void decode_parameter(char *text)
{
    char *out = text;
    for (; *text; text++) {
        static const char encoded[] = "^'n";
        static const char decoded[] = "^\"\n";
        const char *found = *text == '^' && text[1] ? strchr(encoded, text[1]) : NULL;
        *out++ = found ? decoded[found - encoded] : *text;
        if (found) text++;
    }
    *out = '\0';
}

/* The end of a parameter's value; quote marks may be around it or around parts of a list, and go.
 */
static char *parameter_end(char *value)
{
    char *out = value;
    bool quoted = false;
    for (; *value; value++) {
        if (!quoted && (*value == ';' || *value == ':')) break;
        if (*value == '"')
            quoted = !quoted;
        else
            *out++ = *value;
    }
    if (quoted) return NULL;
    char *end = value;
    if (out != end) *out = '\0'; /* the mark at `end` is still to be seen */
    return end;
}

/* From after the first semicolon; gives the value, or NULL. */
static const char *parse_parameters(char *name, IcalLine *line, Arena *arena)
{
    line->parameters = arena_array(arena, ICAL_PARAMETERS_MAX, sizeof *line->parameters);
    while (line->parameters && line->parameter_count < ICAL_PARAMETERS_MAX) {
        char *equals = name + strspn(name, NAME_CHARACTERS);
        if (*equals != '=' || equals == name) return NULL;
        *equals = '\0';
        char *end = parameter_end(equals + 1);
        if (!end || !*end) return NULL;
        char mark = *end;
        *end = '\0';
        to_upper(name);
        decode_parameter(equals + 1);
        line->parameters[line->parameter_count++] = (IcalParameter){name, equals + 1};
        if (mark == ':') return end + 1;
        name = end + 1;
    }
    return NULL;
}

/* "NAME;PARAMETER=value:value" */
static StatusCode parse(char *text, IcalLine *line, Arena *arena, Problem *problem)
{
    char *end = text + strspn(text, NAME_CHARACTERS);
    char mark = *end;
    line->name = text;
    *end = '\0';
    to_upper(text);
    if (end == text)
        return problem_set(problem, STATUS_INVALID_ARGUMENT, "a line without a property's name");
    if (mark == ':') {
        line->value = end + 1;
        return STATUS_OK;
    }
    line->value = mark == ';' ? parse_parameters(end + 1, line, arena) : NULL;
    if (line->value) return STATUS_OK;
    if (arena_has_refused(arena))
        return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the record is too large");
    return problem_set(problem, STATUS_INVALID_ARGUMENT,
                       "%s is not followed by parameters and a value, as in NAME;PARAMETER=…:VALUE",
                       text_quote(text).text);
}

StatusCode ical_source_next(IcalSource *self, Arena *arena, IcalLine *line, size_t *number,
                            Problem *problem)
{
    size_t length;
    while (self->ahead_length == 0)
        read_ahead(self);
    *number = self->number;
    if (self->ahead_length < 0) return STATUS_NOT_FOUND;
    StatusCode code = unfold(self, &length, problem);
    if (code != STATUS_OK) return code;
    if (!text_is_utf8(self->text, length) || strlen(self->text) != length)
        return problem_set(problem, STATUS_INVALID_ARGUMENT, "is not UTF-8");
    char *text = arena_strndup(arena, self->text, length);
    if (!text) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "the record is too large");
    *line = (IcalLine){.number = *number};
    return parse(text, line, arena, problem);
}

const char *ical_find_parameter(const IcalLine *line, const char *name)
{
    for (size_t i = 0; i < line->parameter_count; i++)
        if (strcmp(line->parameters[i].name, name) == 0) return line->parameters[i].value;
    return NULL;
}

char *ical_escape(const char *text, Arena *arena)
{
    size_t length = strlen(text);
    char *value = arena_array(arena, 2 * length + 1, 1);
    char *out = value;
    for (; value && *text; text++) {
        const char *instead = escape_text(*text);
        if (!instead) *out++ = *text;
        for (; instead && *instead; instead++)
            *out++ = *instead;
    }
    return value;
}

/* Up to the first comma that is no part of a text, where `rest` asks for that. */
static char *unescape(const char *value, const char **rest, Arena *arena)
{
    char *text = arena_strdup(arena, value);
    char *out = text;
    if (!text) return NULL;
    for (; *value && !(rest && *value == ','); value++) {
        bool escaped = *value == '\\' && value[1];
        if (escaped) value++;
        *out++ = escaped && (*value == 'n' || *value == 'N') ? '\n' : *value;
    }
    *out = '\0';
    if (rest) *rest = *value ? value + 1 : NULL;
    return text;
}

char *ical_unescape(const char *value, Arena *arena)
{
    return unescape(value, NULL, arena);
}

char *ical_unescape_first(const char *value, const char **rest, Arena *arena)
{
    return unescape(value, rest, arena);
}
