/* Giving an answer to libmicrohttpd. */
#ifndef MOCKIDP_HTTP_WIRE_H
#define MOCKIDP_HTTP_WIRE_H

#include "mockidp/http/response.h"

#include <microhttpd.h>

/* wire_queue gives `response` the header lines of the answer and queues it with its status. Takes
 * `response` over; NULL is MHD_NO. */
enum MHD_Result wire_queue(struct MHD_Connection *connection, const struct http_response *answer,
                           struct MHD_Response *response);

/* wire_whole returns a new response of the answer's body, which is borrowed; NULL without memory.
 */
struct MHD_Response *wire_whole(const struct http_response *answer);

/* wire_queue_stored queues an answer that shows a stored response: what libmicrohttpd needs is made
 * once for all. */
enum MHD_Result wire_queue_stored(struct MHD_Connection *connection,
                                  const struct http_response *answer);

#endif
