/*
 * page_css - the page's style sheet, page.css, as it was when the program was built.
 */
#ifndef PLENARY_REPORT_PAGE_CSS_H
#define PLENARY_REPORT_PAGE_CSS_H

#include <stddef.h>

extern const unsigned char page_css[];
extern const size_t page_css_size;

#endif
