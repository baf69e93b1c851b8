/* A folder for one test, and files in it. */
#ifndef MOCKIDP_TESTS_SUPPORT_SCRATCH_H
#define MOCKIDP_TESTS_SUPPORT_SCRATCH_H

/* scratch_make returns the newly allocated path of a new folder; fails the test without one. */
char *scratch_make(void);

/* scratch_remove removes the folder with all that is in it, and frees its path. */
void scratch_remove(char *dir);

/* scratch_path returns the newly allocated path of a file in the folder. */
char *scratch_path(const char *dir, const char *name);

/* scratch_write writes a file and returns its newly allocated path. */
char *scratch_write(const char *dir, const char *name, const char *text);

/* scratch_read returns the newly allocated content of a file, or NULL. */
char *scratch_read(const char *path);

#endif
