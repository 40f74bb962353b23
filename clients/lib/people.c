#include "clients/lib/people.h"

#include "proto/nearest.h"
#include "proto/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A name folded, in both ways where there are two. */
typedef struct Folded {
    const char *one;
    const char *other; /* or NULL */
} Folded;

typedef struct Member {
    const char *name;  /* as it is in the list */
    const char *email; /* or NULL */
    Folded folded;
} Member;

struct People {
    Words *words;
    Arena *arena;
    Member *members;
    size_t count;
};

/* How well a member fits what was written. */
typedef enum Fit {
    FIT_NONE,
    FIT_BEGINNING,
    FIT_WHOLE,
    FIT_ADDRESS,
} Fit;

/* --- the list --- */

static Folded fold(const People *self, const char *name)
{
    Folded folded = {words_fold(self->words, name, self->arena),
                     words_fold_other(self->words, name, self->arena)};
    if (!folded.one) folded.one = name; /* the arena is full: as it is written, then */
    return folded;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text && *text ? text : NULL;
}

People *people_new(const json_t *participants, Words *words, Arena *arena)
{
    People *self = arena_alloc(arena, sizeof *self);
    size_t count = json_array_size(participants);
    Member *members = arena_array(arena, count + 1, sizeof *members);
    if (!self || !members) return NULL;
    *self = (People){.words = words, .arena = arena, .members = members, .count = count};
    for (size_t i = 0; i < count; i++) {
        const json_t *participant = json_array_get(participants, i);
        const char *name = text_of(participant, "name");
        members[i].name = name ? name : "";
        members[i].email = text_of(participant, "email");
        members[i].folded = fold(self, members[i].name);
    }
    return self;
}

/* --- what fits --- */

/* Does each word of `text` begin a word of `name`, in the same order? Both are folded. */
static bool begins_words(const char *name, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, " ");
        while (*name && strncmp(name, text, length) != 0) {
            name += strcspn(name, " ");
            name += strspn(name, " ");
        }
        if (!*name) return false;
        name += strcspn(name, " ");
        name += strspn(name, " ");
        text += length;
        text += strspn(text, " ");
    }
    return true;
}

static Fit fit_text(const char *name, const char *text)
{
    if (!name || !text || !*text) return FIT_NONE;
    if (strcmp(name, text) == 0) return FIT_WHOLE;
    return begins_words(name, text) ? FIT_BEGINNING : FIT_NONE;
}

static Fit better(Fit a, Fit b)
{
    return a > b ? a : b;
}

static Fit fit_name(const Member *member, const Folded *text)
{
    const Folded *name = &member->folded;
    return better(better(fit_text(name->one, text->one), fit_text(name->other, text->one)),
                  better(fit_text(name->one, text->other), fit_text(name->other, text->other)));
}

static bool is_same_address(const char *a, const char *b)
{
    return a && b && strcasecmp(a, b) == 0;
}

/* An address that both have and that differs makes two people of one name. */
static Fit fit(const Member *member, const Person *person, const Folded *name)
{
    if (is_same_address(member->email, person->email)) return FIT_ADDRESS;
    if (member->email && person->email) return FIT_NONE;
    if (!person->name) return FIT_NONE;
    if (is_same_address(member->email, person->name)) return FIT_ADDRESS;
    return fit_name(member, name);
}

/* --- what is said --- */

static const char *describe(const People *self, const Member *member)
{
    const char *text = member->email
                           ? arena_printf(self->arena, "%s <%s>", member->name, member->email)
                           : member->name;
    return text ? text : "";
}

/* "A, B and 3 more": those that fit so well or better. */
static const char *tell(const People *self, const Fit *fits, Fit least)
{
    const char *text = "";
    size_t told = 0;
    size_t more = 0;
    for (size_t i = 0; i < self->count && text; i++) {
        if (fits[i] < least) continue;
        if (told == PEOPLE_TOLD_MAX) {
            more++;
            continue;
        }
        text = arena_printf(self->arena, "%s%s%s", text, told++ ? ", " : "",
                            describe(self, &self->members[i]));
    }
    if (more && text) text = arena_printf(self->arena, "%s and %zu more", text, more);
    return text ? text : "";
}

/* The member whose name, or a word of it, is nearest to the text; NULL: none is near. */
static const Member *find_near(const People *self, const char *text)
{
    for (size_t i = 0; i < self->count; i++) {
        const char *whole[] = {self->members[i].folded.one};
        if (nearest(text, whole, 1)) return &self->members[i];
    }
    for (size_t i = 0; i < self->count; i++) {
        char *rest = arena_strdup(self->arena, self->members[i].folded.one);
        while (rest) {
            const char *word[] = {strsep(&rest, " ")};
            if (nearest(text, word, 1)) return &self->members[i];
        }
    }
    return NULL;
}

static StatusCode refuse_nobody(const People *self, const Person *person, const Folded *name,
                                const Fit *fits, Problem *problem)
{
    Quote quote = text_quote(person->name ? person->name : person->email);
    const Member *near = find_near(self, name->one);
    if (self->count == 0)
        return problem_set(problem, STATUS_NOT_FOUND, "%s: nobody is on the list", quote.text);
    if (near)
        return problem_set(problem, STATUS_NOT_FOUND, "%s is not on the list; did you mean \"%s\"?",
                           quote.text, describe(self, near));
    return problem_set(problem, STATUS_NOT_FOUND, "%s is not on the list, which has %s", quote.text,
                       tell(self, fits, FIT_NONE));
}

StatusCode people_find(const People *self, const Person *person, size_t *index, Problem *problem)
{
    Folded name = {"", NULL};
    Fit best = FIT_NONE;
    size_t count = 0;
    size_t at = 0;
    bool is_named = person->name && !text_is_blank(person->name);
    if (!is_named && !person->email)
        return problem_set(problem, STATUS_INVALID_ARGUMENT, "a name is missing");
    Fit *fits = arena_array(self->arena, self->count + 1, sizeof *fits);
    if (!fits) return problem_set(problem, STATUS_RESOURCE_EXHAUSTED, "no memory is left");
    if (is_named) name = fold(self, person->name);
    for (size_t i = 0; i < self->count; i++) {
        fits[i] = fit(&self->members[i], person, &name);
        if (person->is_exact && fits[i] == FIT_BEGINNING) fits[i] = FIT_NONE;
        if (fits[i] == FIT_NONE || fits[i] < best) continue;
        count = fits[i] > best ? 1 : count + 1;
        best = fits[i];
        at = i;
    }
    if (count == 0) return refuse_nobody(self, person, &name, fits, problem);
    if (count > 1)
        return problem_set(
            problem, STATUS_INVALID_ARGUMENT, "%s may be %s; say more of the name, or the address",
            text_quote(person->name ? person->name : person->email).text, tell(self, fits, best));
    *index = at;
    return STATUS_OK;
}
