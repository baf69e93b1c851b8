/* The directory in force: a reload puts a new edition in its place while requests still read the
 * old one. */
#ifndef MOCKIDP_EDITION_H
#define MOCKIDP_EDITION_H

struct directory;
struct response_store;

/* struct edition is one loaded directory with its readers counted. */
struct edition {
    struct directory *directory;
    struct response_store *answers; /* made of it */
    unsigned readers;               /* private, under the shelf's lock */
};

/* struct shelf holds the edition in force. Internally locked. */
struct shelf;

/* shelf_new returns a newly allocated shelf that owns `first` (also on failure, which is NULL). */
struct shelf *shelf_new(struct directory *first);

/* shelf_replace puts `next` in force; the old directory is freed after its last reader. -1 without
 * memory: then `next` is freed and nothing changes. */
int shelf_replace(struct shelf *shelf, struct directory *next);

/* shelf_take returns the edition in force, to be given back with shelf_return. */
struct edition *shelf_take(struct shelf *shelf);
void shelf_return(struct shelf *shelf, struct edition *edition);

/* shelf_free frees the shelf; every edition must have been returned. NULL is fine. */
void shelf_free(struct shelf *shelf);

#endif
