/* A tiny raw HTTP/1.1 client for tests: it sends any octets and shows how the other side answered,
 * or failed to. */
#ifndef MOCKIDP_TESTS_SUPPORT_WIRE_H
#define MOCKIDP_TESTS_SUPPORT_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WIRE_CAP = 256 * 1024 };

/* struct wire_answer is what came back. `status` 0: nothing; `whole`: the body has the announced
 * length. */
struct wire_answer {
    int status;
    bool whole;
    bool reset; /* the connection ended with ECONNRESET */
    size_t body_len;
    char *body; /* points into text */
    char text[WIRE_CAP];
};

/* wire_connect connects to 127.0.0.1:port with a receive timeout of 10 s; -1 on failure. */
int wire_connect(uint16_t port);

/* wire_send sends the whole string; false when the other side closed. */
bool wire_send(int fd, const char *text);

/* wire_read reads one response: by Content-Length, by chunks' end, or to the end of the connection.
 */
void wire_read(int fd, struct wire_answer *answer);

/* wire_header reports whether the answer has a header line that begins with `line` (in any case).
 */
bool wire_header(const struct wire_answer *answer, const char *line);

/* wire_get and wire_post do one request on a connection of their own. `headers` are whole lines
 * ending in CRLF, or "". */
void wire_get(uint16_t port, const char *path, const char *headers, struct wire_answer *answer);
void wire_post(uint16_t port, const char *path, const char *headers, const char *body,
               struct wire_answer *answer);

/* wire_port returns the port at the end of "http://127.0.0.1:40123". */
uint16_t wire_port(const char *url);

#endif
