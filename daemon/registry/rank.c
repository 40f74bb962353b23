#include "daemon/registry/rank.h"

#include "daemon/registry/term_set.h"

#include <assert.h>
#include <stdlib.h>

enum {
    WORD_SCORE_MAX = 8,
};

static_assert((int)RANK_WORDS_MAX * (int)WORD_SCORE_MAX < 1 << (int)RANK_BITS,
              "the sum of all words fits");

/* Events whose scores agree in their bits from `bit` on. */
typedef struct Part {
    roaring_bitmap_t *set;
    size_t bit;
    uint32_t score; /* by these bits */
    bool is_parted; /* what goes first by `bit` was given, and is to be taken out of the set */
} Part;

struct Rank {
    Views *views;
    const roaring_bitmap_t *all;
    roaring_bitmap_t *slices[RANK_BITS]; /* the events whose score has this bit */
    Part parts[RANK_BITS + 1];           /* what was not given yet; the last one is next */
    size_t part_count;
    roaring_bitmap_t *given; /* lent to the caller */
    TermReach reach;         /* of the fields of words */
    size_t words;            /* that were added */
};

/* --- adding --- */

/* Adds 2^bit to the score of every event in `set`, which is of those that match. */
static void add_bit(Rank *self, const roaring_bitmap_t *set, size_t bit)
{
    roaring_bitmap_t *carry = roaring_bitmap_copy(set);
    for (; bit < RANK_BITS && !roaring_bitmap_is_empty(carry); bit++) {
        roaring_bitmap_t *next = roaring_bitmap_and(self->slices[bit], carry);
        roaring_bitmap_xor_inplace(self->slices[bit], carry);
        roaring_bitmap_free(carry);
        carry = next;
    }
    roaring_bitmap_free(carry);
}

/* 2 by the word itself, 1 by its stem or another name: the former are among the latter. And 6 in a
 * title, 3 in a name: so are these. */
static void add_word(Rank *self, const ResolvedTerm *term)
{
    TermPlaces places;
    self->words++;
    term_set_places(self->views, term, self->all, &self->reach, &places);
    roaring_bitmap_andnot_inplace(places.whole, places.exact);
    add_bit(self, places.whole, 0);
    add_bit(self, places.exact, 1);
    add_bit(self, places.name, 1);
    add_bit(self, places.title, 2);
    roaring_bitmap_andnot_inplace(places.name, places.title);
    add_bit(self, places.name, 0);
    roaring_bitmap_free(places.whole);
    roaring_bitmap_free(places.exact);
    roaring_bitmap_free(places.name);
    roaring_bitmap_free(places.title);
}

Rank *rank_new(const QueryContext *context, const Resolved *resolved, const roaring_bitmap_t *set)
{
    Rank *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->views = context->state->views;
    self->reach.is_blind = !access_sees_all(context->caller);
    self->all = set;
    for (size_t i = 0; i < RANK_BITS; i++)
        self->slices[i] = roaring_bitmap_create();
    for (size_t i = 0;
         i < resolved->term_count && self->words < RANK_WORDS_MAX && !self->reach.is_over; i++)
        if (resolved->terms[i].is_text) add_word(self, &resolved->terms[i]);
    self->parts[self->part_count++] = (Part){roaring_bitmap_copy(set), RANK_BITS, 0, false};
    return self;
}

void rank_destroy(Rank **self)
{
    if (!self || !*self) return;
    for (size_t i = 0; i < RANK_BITS; i++)
        roaring_bitmap_free((*self)->slices[i]);
    for (size_t i = 0; i < (*self)->part_count; i++)
        roaring_bitmap_free((*self)->parts[i].set);
    if ((*self)->given) roaring_bitmap_free((*self)->given);
    free(*self);
    *self = NULL;
}

/* --- giving --- */

/* What is left of the part when those that went first by its bit are gone. */
static void take_rest(const Rank *self, bool worst_first, Part *part)
{
    part->is_parted = false;
    if (worst_first)
        roaring_bitmap_and_inplace(part->set, self->slices[part->bit]);
    else
        roaring_bitmap_andnot_inplace(part->set, self->slices[part->bit]);
    if (worst_first) part->score |= 1U << part->bit;
}

/* Those that go first by the next bit become the last part, where there are any. */
static void narrow(Rank *self, bool worst_first, Part *part)
{
    size_t bit = --part->bit;
    roaring_bitmap_t *first = worst_first ? roaring_bitmap_andnot(part->set, self->slices[bit])
                                          : roaring_bitmap_and(part->set, self->slices[bit]);
    if (roaring_bitmap_is_empty(first)) {
        roaring_bitmap_free(first);
        if (worst_first) part->score |= 1U << bit;
        return;
    }
    part->is_parted = true;
    uint32_t score = worst_first ? part->score : part->score | 1U << bit;
    self->parts[self->part_count++] = (Part){first, bit, score, false};
}

/* What is behind a part is looked at when its turn comes, which for most of an answer is never. */
const roaring_bitmap_t *rank_next(Rank *self, bool worst_first, uint32_t *score)
{
    if (self->given) roaring_bitmap_free(self->given);
    self->given = NULL;
    while (self->part_count > 0) {
        Part *part = &self->parts[self->part_count - 1];
        if (part->is_parted) take_rest(self, worst_first, part);
        if (part->bit > 0 && !roaring_bitmap_is_empty(part->set)) {
            narrow(self, worst_first, part);
            continue;
        }
        self->given = part->set;
        *score = part->score;
        self->part_count--;
        if (!roaring_bitmap_is_empty(self->given)) return self->given;
        roaring_bitmap_free(self->given);
        self->given = NULL;
    }
    return NULL;
}
