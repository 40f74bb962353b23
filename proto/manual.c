#include "proto/manual.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

const char *manual_asked(int argc, char *const *argv, const char *option)
{
    return argc == 3 && strcmp(argv[1], option) == 0 ? argv[2] : NULL;
}

/* --- characters --- */

typedef struct Escape {
    char character;
    const char *written;
} Escape;

/* groff_man_style(7): these would come out as typographic ones, or begin something. */
static const Escape escapes[] = {
    {'\\', "\\e"}, {'\'', "\\(aq"}, {'`', "\\(ga"}, {'^', "\\(ha"}, {'~', "\\(ti"},
};

static const char *escape_of(char character)
{
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
        if (escapes[i].character == character) return escapes[i].written;
    return NULL;
}

/* A hyphen that begins a word is an option's. */
static bool is_minus(const char *text, size_t at, bool literal)
{
    return text[at] == '-' && (literal || at == 0 || !isalnum((unsigned char)text[at - 1]));
}

static void put(FILE *file, const char *text, size_t length, bool literal)
{
    if (length && *text == '.') (void)fputs("\\&", file);
    for (size_t i = 0; i < length; i++) {
        const char *escape = escape_of(text[i]);
        if (is_minus(text, i, literal))
            (void)fputs("\\-", file);
        else if (escape)
            (void)fputs(escape, file);
        else
            (void)fputc(text[i], file);
    }
}

/* An argument of a macro: in quote marks, so that blanks and names of macros within mean nothing.
 */
static void put_argument(FILE *file, const char *text)
{
    (void)fputs(" \"", file);
    for (; *text; text++) {
        if (*text == '"') (void)fputc('"', file);
        put(file, text, 1, false);
    }
    (void)fputc('"', file);
}

/* --- sections --- */

void manual_head(FILE *file, const ManualHead *head)
{
    (void)fprintf(file, ".Dd %s\n.Dt ", head->date);
    for (const char *c = head->name; *c; c++)
        (void)fputc(toupper((unsigned char)*c), file);
    (void)fprintf(file, " %s\n.Os\n.Sh NAME\n.Nm %s\n.Nd ", head->section, head->name);
    put(file, head->summary, strlen(head->summary), false);
    (void)fputc('\n', file);
}

void manual_usage(FILE *file, const char *name, const char *arguments)
{
    (void)fprintf(file, ".Nm %s\n", name);
    if (!*arguments) return;
    (void)fputs(".Ar", file);
    put_argument(file, arguments);
    (void)fputc('\n', file);
}

void manual_section(FILE *file, const char *title)
{
    (void)fprintf(file, ".Sh %s\n", title);
}

void manual_subsection(FILE *file, const char *title)
{
    (void)fprintf(file, ".Ss %s\n", title);
}

/* --- texts --- */

/* roff widens the gap behind a sentence where the sentence ends its line. */
static bool ends_sentence(const char *word, size_t length)
{
    while (length && strchr(")\"", word[length - 1]))
        length--;
    return length && strchr(".!?", word[length - 1]);
}

void manual_text(FILE *file, const char *text)
{
    size_t column = 0;
    bool ended = false;
    while (*text) {
        size_t length = strcspn(text, " \n");
        bool fits = !ended && column + 1 + length <= MANUAL_LINE_BYTES_MAX;
        if (column) (void)fputc(fits ? ' ' : '\n', file);
        column = column && fits ? column + 1 + length : length;
        put(file, text, length, false);
        ended = ends_sentence(text, length);
        text += length;
        text += strspn(text, " \n");
    }
    (void)fputc('\n', file);
}

void manual_paragraph(FILE *file)
{
    (void)fputs(".Pp\n", file);
}

void manual_example(FILE *file, const char *lines)
{
    (void)fputs(".Bd -literal -offset indent\n", file);
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        put(file, lines, length, true);
        (void)fputc('\n', file);
        lines += length;
        lines += *lines == '\n';
    }
    (void)fputs(".Ed\n", file);
}

/* --- lists --- */

void manual_list(FILE *file)
{
    (void)fputs(".Bl -tag -width Ds\n", file);
}

void manual_list_end(FILE *file)
{
    (void)fputs(".El\n", file);
}

static void put_value(FILE *file, const char *value)
{
    if (!value) return;
    (void)fputs(" Ar", file);
    put_argument(file, value);
}

void manual_option(FILE *file, char letter, const char *name, const char *value)
{
    (void)fputs(".It", file);
    if (letter) {
        (void)fprintf(file, " Fl %c", letter);
        put_value(file, value);
    }
    if (letter && *name) (void)fputs(" ,", file);
    if (*name) {
        (void)fprintf(file, " Fl -%s", name);
        put_value(file, value);
    }
    (void)fputc('\n', file);
}

void manual_item(FILE *file, ManualTerm kind, const char *term, const char *arguments)
{
    static const char *const macros[] = {
        [MANUAL_COMMAND] = "Ic", [MANUAL_VARIABLE] = "Ev", [MANUAL_FILE] = "Pa",
        [MANUAL_KEY] = "Cm",     [MANUAL_CODE] = "Cm",
    };
    (void)fprintf(file, ".It %s", macros[kind]);
    put_argument(file, term);
    put_value(file, arguments && *arguments ? arguments : NULL);
    (void)fputc('\n', file);
}

void manual_see_also(FILE *file, const ManualPage *pages, size_t count)
{
    manual_section(file, "SEE ALSO");
    for (size_t i = 0; i < count; i++)
        (void)fprintf(file, ".Xr %s %s%s\n", pages[i].name, pages[i].section,
                      i + 1 < count ? " ," : "");
}
