#include "clients/lib/table.h"

#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>

/* Of a terminal's width, what a column that wraps may keep when there is too little. */
#define TABLE_WRAP_SHARE 0.4

struct Table {
    struct libscols_table *table;
    size_t columns;
    bool failed;
};

static int smartcols_flags(unsigned flags, const Terminal *terminal)
{
    int result = 0;
    bool narrow = terminal->is_terminal && terminal->width < TABLE_ROOMY_WIDTH;
    if (narrow && (flags & TABLE_SPARE)) result |= SCOLS_FL_HIDDEN;
    if (flags & TABLE_RIGHT) result |= SCOLS_FL_RIGHT;
    if (flags & TABLE_CUT) result |= SCOLS_FL_TRUNC;
    if (flags & TABLE_WRAP) result |= SCOLS_FL_WRAP;
    return result;
}

static bool set_up(Table *self, const TableColumn *columns, const Terminal *terminal)
{
    bool headed = false;
    for (size_t i = 0; i < self->columns; i++) {
        const char *title = columns[i].title;
        if (title) headed = true;
        double share = columns[i].flags & TABLE_WRAP ? TABLE_WRAP_SHARE : 0;
        if (!scols_table_new_column(self->table, title ? title : "", share,
                                    smartcols_flags(columns[i].flags, terminal)))
            return false;
    }
    if (!headed && scols_table_enable_noheadings(self->table, 1) != 0) return false;
    if (terminal->colours && scols_table_enable_colors(self->table, 1) != 0) return false;
    int force = terminal->is_terminal ? SCOLS_TERMFORCE_ALWAYS : SCOLS_TERMFORCE_NEVER;
    if (scols_table_set_termforce(self->table, force) != 0) return false;
    return scols_table_set_termwidth(self->table, terminal->width) == 0;
}

Table *table_new(const TableColumn *columns, size_t count, const Terminal *terminal)
{
    Table *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    self->columns = count;
    self->table = scols_new_table();
    if (!self->table || !set_up(self, columns, terminal)) table_destroy(&self);
    return self;
}

void table_destroy(Table **self)
{
    if (!self || !*self) return;
    scols_unref_table((*self)->table);
    free(*self);
    *self = NULL;
}

void table_add(Table *self, const char *const *cells, const char *colour)
{
    struct libscols_line *line = self->failed ? NULL : scols_table_new_line(self->table, NULL);
    if (!line) {
        self->failed = true;
        return;
    }
    if (colour && scols_line_set_color(line, colour) != 0) self->failed = true;
    for (size_t i = 0; i < self->columns; i++)
        if (cells[i] && scols_line_set_data(line, i, cells[i]) != 0) self->failed = true;
}

bool table_print(Table *self, FILE *file)
{
    if (self->failed || scols_table_set_stream(self->table, file) != 0) return false;
    if (scols_table_get_nlines(self->table) == 0) return true;
    return scols_print_table(self->table) == 0 && !ferror(file);
}
