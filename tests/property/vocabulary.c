#include "tests/property/vocabulary.h"

#include <string.h>

const Spelling words[WORDS] = {
    {"training", "training", NULL, "train", NULL, false},
    {"Trainings", "trainings", NULL, "train", NULL, false},
    {"TRAIN", "train", NULL, "train", NULL, false},
    {"тренинг", "trening", NULL, "trening", NULL, false},
    {"ТРЕНИНГИ", "treningi", NULL, "trening", NULL, false},
    {"тренингов", "treningov", NULL, "trening", NULL, false},
    {"border", "border", NULL, "border", NULL, false},
    {"Borders", "borders", NULL, "border", NULL, false},
    {"граница", "granitsa", NULL, "granits", NULL, false},
    {"ГРАНИЦЫ", "granitsy", NULL, "granits", NULL, false},
    {"Tashkent", "tashkent", NULL, "tashkent", "Tashkent", false},
    {"ТАШКЕНТ", "tashkent", NULL, "tashkent", "Tashkent", false},
    {"Ташкенте", "tashkente", NULL, "tashkent", "Tashkent", false},
    {"Toshkent", "toshkent", NULL, "toshkent", "Tashkent", false},
    {"Almaty", "almaty", NULL, "almati", "Almaty", false},
    {"Alma-Ata", NULL, NULL, NULL, "Almaty", true},
    {"Aşgabat", "ashgabat", "asgabat", "ashgabat", "Ashgabat", false},
    {"Ashgabat", "ashgabat", NULL, "ashgabat", "Ashgabat", false},
    {"Zorvex", "zorvex", NULL, "zorvex", "o0", false},
    {"ZVX", "zvx", NULL, "zvx", "o0", false},
    {"Зорвекс", "zorveks", NULL, "zorveks", "o0", false},
    {"Ырысбек", "yrysbek", NULL, "yrysbek", NULL, false},
    {"YRYSBEK", "yrysbek", NULL, "yrysbek", NULL, false},
    {"q4711", "q4711", NULL, "q4711", NULL, false},
};

const Spelling cities[CITIES] = {
    {"Tashkent", "tashkent", NULL, "tashkent", "Tashkent", false},
    {"Ташкент", "tashkent", NULL, "tashkent", "Tashkent", false},
    {"TOSHKENT", "toshkent", NULL, "toshkent", "Tashkent", false},
    {"Алматы", "almaty", NULL, "almat", "Almaty", false},
    {"Alma-Ata", NULL, NULL, NULL, "Almaty", true},
    {"Ashgabat", "ashgabat", NULL, "ashgabat", "Ashgabat", false},
};

/* No other word's stem is one of these. */
const Beginning beginnings[BEGINNINGS] = {
    {"trai", "trai"}, {"ТРЕ", "tre"},  {"bord", "bord"}, {"гран", "gran"},
    {"tash", "tash"}, {"ТОШ", "tosh"}, {"t", "t"},
};

const Beginning categories[4] = {
    {"Working group", "working group"},
    {"working  GROUP", "working group"},
    {"Рабочая группа", "rabochaya gruppa"},
    {"Seminar", "seminar"},
};
const Beginning series[4] = {
    {"Paris Pact", "paris pact"},
    {"PARIS PACT", "paris pact"},
    {"Парижский пакт", "parizhskiy pakt"},
    {"Silk Road", "silk road"},
};
const Beginning topics[6] = {
    {"Drug control", "drug control"},
    {"drug CONTROL", "drug control"},
    {"Наркотики", "narkotiki"},
    {"cyber", "cyber"},
    {"Money laundering", "money laundering"},
    {"narkotiki", "narkotiki"},
};
const Beginning people[5] = {
    {"Ырысбек", "yrysbek"},       {"Yrysbek", "yrysbek"}, {"Anna Smith", "anna smith"},
    {"ANNA SMITH", "anna smith"}, {"Li Wei", "li wei"},
};

static bool same(const char *left, const char *right)
{
    return left && right && strcmp(left, right) == 0;
}

bool spelling_is(const Spelling *asked, const Spelling *written)
{
    return same(asked->folded, written->folded) || same(asked->folded, written->other) ||
           same(asked->other, written->folded) || same(asked->other, written->other);
}

bool spelling_means(const Spelling *asked, const Spelling *written)
{
    return spelling_is(asked, written) || same(asked->stem, written->stem) ||
           same(asked->names, written->names);
}
