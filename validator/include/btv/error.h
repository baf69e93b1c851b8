/* Why a token was refused: the one table of the validator (error.def), as an enum and as facts
 * about each row. */
#ifndef BTV_ERROR_H
#define BTV_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

#define BTV_API __attribute__((visibility("default")))

/*
 * enum btv_error names the outcome of a validation. BTV_UNDECIDED is 0 and a refusal, so that
 * zeroed memory never accepts: compare with BTV_OK.
 */
enum btv_error {
#define BTV_ERROR(symbol, code, error_class, http_status, oauth_error, sentence) BTV_##symbol,
#include "btv/error.def"
#undef BTV_ERROR
    BTV_ERROR_COUNT
};

/* enum btv_error_class says what a caller can do about it. */
enum btv_error_class {
    BTV_CLASS_ACCEPTED,    /* let the request in */
    BTV_CLASS_CREDENTIALS, /* no usable credentials in the request: 401, or 400 when the header is
                              malformed */
    BTV_CLASS_TOKEN,       /* the token is not good here: 401, get another one */
    BTV_CLASS_PERMISSION,  /* the token is good, its rights are not enough: 403 */
    BTV_CLASS_TEMPORARY,   /* the validator cannot tell yet: 503, try again */
    BTV_CLASS_INTERNAL     /* a fault of this side: 500 */
};

/* btv_error_code returns the stable code of `e`, such as "token_expired"; "undecided" for a value
 * outside the table. */
BTV_API const char *btv_error_code(enum btv_error e);

/* btv_error_sentence returns one English sentence about `e` that is safe to send to a client. */
BTV_API const char *btv_error_sentence(enum btv_error e);

/* btv_error_class returns the class of `e`. */
BTV_API enum btv_error_class btv_error_class(enum btv_error e);

/* btv_error_http_status returns the status that answers `e`: 200, 400, 401, 403, 500 or 503. */
BTV_API int btv_error_http_status(enum btv_error e);

/* btv_error_oauth returns the RFC 6750 §3.1 error of `e` ("invalid_token" …), or NULL when the
 * challenge carries none. */
BTV_API const char *btv_error_oauth(enum btv_error e);

#ifdef __cplusplus
}
#endif
#endif
