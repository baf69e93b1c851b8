/* Counting the readers of each edition of the directory. */
#include "mockidp/edition.h"

#include "mockidp/config/directory.h"
#include "mockidp/http/store.h"

#include <pthread.h>
#include <stdlib.h>

struct shelf {
    pthread_mutex_t lock; /* guards current and the readers of every edition */
    struct edition *current;
};

/* edition_new counts the shelf itself as the first reader. */
static struct edition *edition_new(struct directory *directory)
{
    struct edition *edition = calloc(1, sizeof *edition);

    if (edition == NULL || (edition->answers = response_store_new()) == NULL) {
        directory_free(directory);
        free(edition);
        return NULL;
    }
    edition->directory = directory;
    edition->readers = 1;
    return edition;
}

struct shelf *shelf_new(struct directory *first)
{
    struct shelf *shelf = calloc(1, sizeof *shelf);

    if (shelf == NULL) {
        directory_free(first);
        return NULL;
    }
    if ((shelf->current = edition_new(first)) == NULL) {
        free(shelf);
        return NULL;
    }
    pthread_mutex_init(&shelf->lock, NULL);
    return shelf;
}

struct edition *shelf_take(struct shelf *shelf)
{
    pthread_mutex_lock(&shelf->lock);
    struct edition *edition = shelf->current;
    edition->readers++;
    pthread_mutex_unlock(&shelf->lock);
    return edition;
}

void shelf_return(struct shelf *shelf, struct edition *edition)
{
    pthread_mutex_lock(&shelf->lock);
    unsigned left = --edition->readers;
    pthread_mutex_unlock(&shelf->lock);
    if (left == 0) {
        directory_free(edition->directory);
        response_store_free(edition->answers);
        free(edition);
    }
}

int shelf_replace(struct shelf *shelf, struct directory *next)
{
    struct edition *fresh = edition_new(next);

    if (fresh == NULL) {
        return -1;
    }
    pthread_mutex_lock(&shelf->lock);
    struct edition *old = shelf->current;
    shelf->current = fresh;
    pthread_mutex_unlock(&shelf->lock);
    shelf_return(shelf, old);
    return 0;
}

void shelf_free(struct shelf *shelf)
{
    if (shelf == NULL) {
        return;
    }
    shelf_return(shelf, shelf->current);
    pthread_mutex_destroy(&shelf->lock);
    free(shelf);
}
