/* The spellings of the protocol: base64url, application/x-www-form-urlencoded, the entities of
 * HTML. */
#ifndef CONFORMANCE_PROVIDER_ENCODE_H
#define CONFORMANCE_PROVIDER_ENCODE_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

/* cf_base64url returns unpadded base64url (RFC 7515 §2), newly allocated, NULL without memory. */
char *cf_base64url(const unsigned char *data, size_t len);

/* cf_base64url_decode decodes it strictly: newly allocated, with a NUL behind it, or NULL. */
unsigned char *cf_base64url_decode(const char *text, size_t len, size_t *out_len);

/* cf_percent_write writes a value of a form or query; what is unreserved (RFC 3986 §2.3) stays. */
void cf_percent_write(FILE *out, const char *text);

/*
 * cf_form_read reads name=value&… into a new object; + is a blank. Of a name that stands twice the
 * first counts, and "twice" in *twice gets it (borrowed from the object) when that is not NULL.
 */
json_t *cf_form_read(const char *text, size_t len, const char **twice);

/* cf_entities_read returns `len` octets of HTML text with the entities that pages use (&amp; &lt;
 * &gt; &quot; &#39; &#x27;) as characters, newly allocated. */
char *cf_entities_read(const char *text, size_t len);

#endif
