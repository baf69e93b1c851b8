/* The table of error.def, read by row. */
#include "btv/error.h"

#include <stddef.h>

struct row {
    const char *code;
    enum btv_error_class error_class;
    int http_status;
    const char *oauth_error;
    const char *sentence;
};

static const struct row table[] = {
#define BTV_ERROR(symbol, code, error_class, http_status, oauth_error, sentence)                   \
    {code, error_class, http_status, oauth_error, sentence},
#include "btv/error.def"
#undef BTV_ERROR
};

static const struct row *row_of(enum btv_error e)
{
    return &table[(unsigned)e < BTV_ERROR_COUNT ? e : BTV_UNDECIDED];
}

const char *btv_error_code(enum btv_error e)
{
    return row_of(e)->code;
}

const char *btv_error_sentence(enum btv_error e)
{
    return row_of(e)->sentence;
}

enum btv_error_class btv_error_class(enum btv_error e)
{
    return row_of(e)->error_class;
}

int btv_error_http_status(enum btv_error e)
{
    return row_of(e)->http_status;
}

const char *btv_error_oauth(enum btv_error e)
{
    return row_of(e)->oauth_error;
}
