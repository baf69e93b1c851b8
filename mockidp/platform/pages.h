/* What only the start needed of the program and its libraries, given back. */
#ifndef MOCKIDP_PLATFORM_PAGES_H
#define MOCKIDP_PLATFORM_PAGES_H

/*
 * pages_drop_code lets go of the pages of code and constants that are mapped from files: they are
 * read again where they are needed, and what only the start needed (a third of 12 MiB) stays out.
 * Nothing that was written is touched. Once, after the start.
 */
void pages_drop_code(void);

#endif
