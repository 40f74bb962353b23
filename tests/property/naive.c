#include "tests/property/naive.h"

#include <assert.h>
#include <string.h>

enum {
    NAMES_SIZE = 256,
};

/* --- access --- */

bool naive_sees(const Caller *caller, const Made *made)
{
    if (caller->role == PLENARY__V1__PRINCIPAL__ROLE__ADMIN) return true;
    int tlp = made->tlp ? made->tlp : PLENARY__V1__HANDLING__TLP__GREEN;
    if (tlp > (int)caller->clearance) return false;
    bool seen = made->audience == 0;
    for (int i = 0; i < MADE_AUDIENCES; i++) {
        if (!(made->audience >> i & 1)) continue;
        if (caller->organisation) seen |= strcmp(caller->organisation, made_audiences[i]) == 0;
        for (size_t j = 0; j < caller->group_count; j++)
            seen |= strcmp(caller->groups[j], made_audiences[i]) == 0;
    }
    return seen;
}

/* --- terms --- */

static bool same_value(const Beginning *list, int asked, int made)
{
    return made != NONE && strcmp(list[asked].folded, list[made].folded) == 0;
}

/* By id, or any of its names, with all that is below it; what is only named is asked for so. */
static bool has_organisation(const Made *made, int role, int asked)
{
    for (int i = 0; i < MADE_PARTS; i++) {
        int which = made->parts[i].organisation;
        if (which == NONE || (role && made->parts[i].role != role)) continue;
        if (which == MADE_UNLISTED && asked == MADE_UNLISTED) return true;
        while (which != MADE_UNLISTED && which != NONE && which != asked)
            which = made_parents[which];
        if (which != MADE_UNLISTED && which == asked) return true;
    }
    return false;
}

bool naive_has(NaiveFacet facet, int value, const Made *made)
{
    switch (facet) {
    case NAIVE_KIND: return made->kind == value + 1;
    case NAIVE_STATUS: return made->status == value + 1;
    case NAIVE_FORMAT: return made->format == value;
    case NAIVE_COUNTRY: return made->country == value;
    case NAIVE_CATEGORY: return same_value(categories, value, made->category);
    case NAIVE_SERIES: return same_value(series, value, made->series);
    case NAIVE_CITY:
        return made->city != NONE && strcmp(cities[value].names, cities[made->city].names) == 0;
    case NAIVE_TOPIC:
        return same_value(topics, value, made->topics[0]) ||
               same_value(topics, value, made->topics[1]);
    case NAIVE_PERSON: return same_value(people, value, made->person);
    case NAIVE_PART_OF: return made->part_of == (uint32_t)value;
    case NAIVE_TLP: return (made->tlp ? made->tlp : PLENARY__V1__HANDLING__TLP__GREEN) == value + 1;
    case NAIVE_AUDIENCE: return made->audience >> value & 1;
    default: return has_organisation(made, (int)facet - NAIVE_ORG, value);
    }
}

static bool has_term(const NaiveTerm *term, const Made *made)
{
    bool any = false;
    for (int i = 0; i < term->count; i++)
        any |= naive_has(term->facet, term->values[i], made);
    return any != term->negated;
}

/* --- text --- */

/* How well one word fits: 2 itself, 1 its stem or another name, 0 its beginning; NONE: not. */
static int fit(const NaivePart *part, const Spelling *asked, const Spelling *word)
{
    if (part->form == NAIVE_BEGINNING) {
        bool begins = word->folded && strncmp(word->folded, part->beginning->folded,
                                              strlen(part->beginning->folded)) == 0;
        return begins ? 0 : NONE;
    }
    if (spelling_is(asked, word)) return 2;
    return part->form == NAIVE_WORD && spelling_means(asked, word) ? 1 : NONE;
}

/* One that is looked for as a word is also found by the part of the organisation that it names. */
static bool names_part(const NaivePart *part, const Spelling *asked, const Made *made)
{
    if (part->form != NAIVE_WORD || !asked->names || strcmp(asked->names, "o0") != 0) return false;
    for (int i = 0; i < MADE_PARTS; i++)
        if (made->parts[i].organisation == 0) return true;
    return false;
}

static bool has_word(const NaivePart *part, const Spelling *asked, const Made *made)
{
    MadeText texts[MADE_TEXTS];
    int count = made_texts(made, texts);
    for (int i = 0; i < count; i++)
        for (int j = 0; j < texts[i].count; j++)
            if (fit(part, asked, texts[i].words[j]) != NONE) return true;
    return names_part(part, asked, made);
}

static bool has_row(const NaivePart *part, const MadeText *text)
{
    for (int from = 0; from + part->count <= text->count; from++) {
        int same = 0;
        while (same < part->count && spelling_is(part->words[same], text->words[from + same]))
            same++;
        if (same == part->count) return true;
    }
    return false;
}

static bool has_part(const NaivePart *part, const Made *made)
{
    MadeText texts[MADE_TEXTS];
    if (part->form != NAIVE_PHRASE) return has_word(part, part->words[0], made) != part->negated;
    bool any = false;
    int count = made_texts(made, texts);
    for (int i = 0; i < count; i++)
        any |= has_row(part, &texts[i]);
    return any != part->negated;
}

/* --- all of it --- */

static bool touches(const Question *question, const Made *made)
{
    int64_t end_s = made->end_s > made->start_s ? made->end_s : made->start_s + 1;
    if (question->has_from && end_s <= question->from_s) return false;
    if (!question->has_to) return true;
    return question->to_is_date ? made->start_s < question->to_s : made->start_s <= question->to_s;
}

bool naive_matches(const Question *question, const Made *made)
{
    if (made->withdrawn || !touches(question, made)) return false;
    for (int i = 0; i < question->term_count; i++)
        if (!has_term(&question->terms[i], made)) return false;
    for (int i = 0; i < question->part_count; i++)
        if (!has_part(&question->parts[i], made)) return false;
    return true;
}

/* --- order --- */

bool naive_is_before(const Question *question, const Made *left, const Made *right)
{
    int64_t one = left->number;
    int64_t other = right->number;
    if (question->order == PLENARY__V1__QUERY__ORDER__UPDATED) {
        one = (int64_t)left->sequence;
        other = (int64_t)right->sequence;
    } else if (question->order == PLENARY__V1__QUERY__ORDER__START &&
               left->start_s != right->start_s) {
        one = left->start_s;
        other = right->start_s;
    }
    return question->descending ? other < one : one < other;
}

/* A title or name is weighed by the word or by the stem that it has; where just the word is asked
 * for, by it alone. */
static bool is_weighed(const NaivePart *part, const Spelling *word)
{
    const Spelling *asked = part->words[0];
    if (part->form == NAIVE_BEGINNING || part->form == NAIVE_EXACT)
        return fit(part, asked, word) != NONE;
    return fit(part, asked, word) != NONE || strcmp(word->stem, asked->folded) == 0;
}

static int score_part(const NaivePart *part, const Made *made)
{
    MadeText texts[MADE_TEXTS];
    int best_fit = NONE;
    int best_weight = 0;
    int count = made_texts(made, texts);
    for (int i = 0; i < count; i++)
        for (int j = 0; j < texts[i].count; j++) {
            const Spelling *word = texts[i].words[j];
            if (word->is_two) continue;
            int here = fit(part, part->words[0], word);
            if (here > best_fit) best_fit = here;
            if (is_weighed(part, word) && texts[i].weight > best_weight)
                best_weight = texts[i].weight;
        }
    return best_fit + best_weight;
}

int naive_score(const Question *question, const Made *made)
{
    int sum = 0;
    for (int i = 0; i < question->part_count; i++) {
        const NaivePart *part = &question->parts[i];
        if (part->negated) continue;
        if (part->form == NAIVE_PHRASE) return NONE;
        if (part->form != NAIVE_BEGINNING && part->words[0]->names) return NONE;
        sum += score_part(part, made);
    }
    return sum;
}

/* --- two events --- */

static bool overlap(const Made *left, const Made *right)
{
    bool anchored = left->zone_h != NONE && right->zone_h != NONE;
    int64_t ahead_s = anchored ? (int64_t)(left->zone_h - right->zone_h) * 3600 : 0;
    int64_t left_end_s = left->end_s > left->start_s ? left->end_s : left->start_s + 1;
    int64_t right_end_s = right->end_s > right->start_s ? right->end_s : right->start_s + 1;
    return left->start_s - ahead_s < right_end_s && right->start_s < left_end_s - ahead_s;
}

/* The rooms: three spellings of two halls, four numbers in each. Two cities with one name are not
 * told of here, so that another name of the city is another city. */
static bool same_room(const Made *left, const Made *right)
{
    if (left->room == NONE || right->room == NONE) return false;
    bool hall = (left->room % 3 == 2) == (right->room % 3 == 2);
    bool number = left->room % 4 == right->room % 4;
    bool elsewhere =
        left->city != NONE && right->city != NONE &&
        (cities[left->city].is_two != cities[right->city].is_two ||
         (!cities[left->city].is_two && !spelling_is(&cities[left->city], &cities[right->city])));
    return hall && number && !elsewhere;
}

unsigned naive_clash(const Made *left, const Made *right)
{
    const int cancelled = PLENARY__V1__EVENT__STATUS__CANCELLED;
    const int online = PLENARY__V1__EVENT__FORMAT__ONLINE - 1;
    if (left->number == right->number || left->withdrawn || right->withdrawn) return 0;
    if (left->status == cancelled || right->status == cancelled) return 0;
    if (left->format == online || right->format == online || !overlap(left, right)) return 0;
    return (same_room(left, right) ? 1U : 0U) |
           (left->person != NONE && same_value(people, left->person, right->person) ? 2U : 0U);
}
