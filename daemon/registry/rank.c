#include "daemon/registry/rank.h"

#include "daemon/registry/term_set.h"

#include <assert.h>
#include <stdlib.h>

enum {
    WORD_SCORE_MAX = 8,
};

static_assert((int)RANK_WORDS_MAX * (int)WORD_SCORE_MAX < 1 << (int)RANK_BITS,
              "the sum of all words fits");

struct Rank {
    Views *views;
    roaring_bitmap_t *left;              /* not given yet */
    roaring_bitmap_t *slices[RANK_BITS]; /* the events whose score has this bit */
    roaring_bitmap_t *given;             /* lent to the caller */
    TermReach reach;                     /* of the fields of words */
    size_t words;                        /* that were added */
};

/* --- adding --- */

/* Adds 2^bit to the score of every event in `set`. */
static void add_bit(Rank *self, const roaring_bitmap_t *set, size_t bit)
{
    roaring_bitmap_t *carry = roaring_bitmap_and(set, self->left);
    for (; bit < RANK_BITS && !roaring_bitmap_is_empty(carry); bit++) {
        roaring_bitmap_t *next = roaring_bitmap_and(self->slices[bit], carry);
        roaring_bitmap_xor_inplace(self->slices[bit], carry);
        roaring_bitmap_free(carry);
        carry = next;
    }
    roaring_bitmap_free(carry);
}

/* Takes the set over. */
static void add_one(Rank *self, roaring_bitmap_t *set)
{
    add_bit(self, set, 0);
    roaring_bitmap_free(set);
}

static void add_three(Rank *self, roaring_bitmap_t *set)
{
    add_bit(self, set, 1);
    add_one(self, set);
}

static void add_word(Rank *self, const ResolvedTerm *term)
{
    ResolvedTerm whole = *term;
    self->words++;
    whole.beginning_count = 0;
    add_one(self,
            term_set_of_keys(self->views, term->keys, term->exact_count, TEXT_REST, &self->reach));
    add_one(self, term_set(self->views, &whole, TEXT_REST, &self->reach));
    add_three(self, term_set(self->views, term, TEXT_TITLE, &self->reach));
    add_three(self, term_set(self->views, term, TEXT_NAME, &self->reach));
}

Rank *rank_new(const QueryContext *context, const Resolved *resolved, const roaring_bitmap_t *set)
{
    Rank *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->views = context->state->views;
    self->reach.is_blind = !access_sees_all(context->caller);
    self->left = roaring_bitmap_copy(set);
    for (size_t i = 0; i < RANK_BITS; i++)
        self->slices[i] = roaring_bitmap_create();
    for (size_t i = 0;
         i < resolved->term_count && self->words < RANK_WORDS_MAX && !self->reach.is_over; i++)
        if (resolved->terms[i].is_text) add_word(self, &resolved->terms[i]);
    return self;
}

void rank_destroy(Rank **self)
{
    if (!self || !*self) return;
    for (size_t i = 0; i < RANK_BITS; i++)
        roaring_bitmap_free((*self)->slices[i]);
    roaring_bitmap_free((*self)->left);
    if ((*self)->given) roaring_bitmap_free((*self)->given);
    free(*self);
    *self = NULL;
}

/* --- giving --- */

const roaring_bitmap_t *rank_next(Rank *self, bool worst_first, uint32_t *score)
{
    if (self->given) roaring_bitmap_free(self->given);
    self->given = NULL;
    if (roaring_bitmap_is_empty(self->left)) return NULL;
    self->given = roaring_bitmap_copy(self->left);
    *score = 0;
    for (size_t bit = RANK_BITS; bit-- > 0;) {
        roaring_bitmap_t *kept = worst_first ? roaring_bitmap_andnot(self->given, self->slices[bit])
                                             : roaring_bitmap_and(self->given, self->slices[bit]);
        bool some = !roaring_bitmap_is_empty(kept);
        if (some != worst_first) *score |= 1U << bit;
        if (some) {
            roaring_bitmap_free(self->given);
            self->given = kept;
        } else {
            roaring_bitmap_free(kept);
        }
    }
    roaring_bitmap_andnot_inplace(self->left, self->given);
    return self->given;
}
