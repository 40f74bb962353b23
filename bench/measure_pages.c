#include "bench/asker.h"
#include "bench/bench.h"

typedef struct PageSeries {
    Series reply;
    Series records;
    Series quickest;
    Series with_total;
    Series own;
} PageSeries;

static bool begin(PageSeries *series)
{
    *series = (PageSeries){0};
    return series_init(&series->reply, BENCH_PAGES) && series_init(&series->records, BENCH_PAGES) &&
           series_init(&series->quickest, BENCH_PAGES) &&
           series_init(&series->with_total, BENCH_PAGES) && series_init(&series->own, BENCH_PAGES);
}

static void end(PageSeries *series, PageFigures *figures)
{
    figures->p50_us = series_percentile_us(&series->records, 50);
    figures->p99_us = series_percentile_us(&series->records, 99);
    figures->quickest_p50_us = series_percentile_us(&series->quickest, 50);
    figures->quickest_p99_us = series_percentile_us(&series->quickest, 99);
    figures->reply_p50_us = series_percentile_us(&series->reply, 50);
    figures->reply_p99_us = series_percentile_us(&series->reply, 99);
    figures->with_total_p50_us = series_percentile_us(&series->with_total, 50);
    figures->with_total_p99_us = series_percentile_us(&series->with_total, 99);
    figures->own_p50_us = series_percentile_us(&series->own, 50);
    figures->own_p99_us = series_percentile_us(&series->own, 99);
    series_free(&series->reply);
    series_free(&series->records);
    series_free(&series->quickest);
    series_free(&series->with_total);
    series_free(&series->own);
}

bool measure_answers(Bench *self, const Answerer *answerer, QuestionKind kind, PageFigures *figures)
{
    PageSeries series;
    uint64_t bytes = 0;
    *figures = (PageFigures){0};
    Random random = random_of(self->settings.seed, (uint64_t)kind);
    bool done = begin(&series) || trouble_set(&self->trouble, "no memory is left");
    for (int i = -BENCH_PAGES_WARM; i < BENCH_PAGES && done; i++) {
        Question question;
        Answer answer = {0};
        question_make(kind, &random, &question);
        done = answerer->ask(answerer->self, &question, &answer, &self->trouble);
        if (i < 0 || !done) continue;
        series_add(&series.reply, answer.reply_ns);
        series_add(&series.records, answer.records_ns);
        series_add(&series.quickest, answer.quickest_ns);
        series_add(&series.with_total, answer.records_ns + answer.total_ns);
        series_add(&series.own, answer.own_ns);
        bytes += answer.bytes;
        figures->found += answer.found;
        figures->total += answer.total;
    }
    figures->reply_bytes = (size_t)(bytes / BENCH_PAGES);
    end(&series, figures);
    if (done && figures->found == 0)
        done = trouble_set(&self->trouble, "%s: no page held an event", question_info(kind)->name);
    return done;
}

bool measure_pages(Bench *self, QuestionKind kind, PageFigures *figures)
{
    Asker *asker = asker_new(self->house.home, 1, &self->trouble);
    const Answerer answerer = {"Plenary", asker_ask, asker};
    bool done = asker && measure_answers(self, &answerer, kind, figures);
    asker_destroy(&asker);
    return done;
}
