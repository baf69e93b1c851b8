/* Where an app may be answered ("Redirect URI (reply URL) outline and restrictions"). */
#ifndef MOCKIDP_ENDPOINTS_REDIRECT_URI_H
#define MOCKIDP_ENDPOINTS_REDIRECT_URI_H

#include "mockidp/config/directory.h"

/*
 * redirect_uri_find returns the type ("web", "spa", "native") of the registered URI that `uri` is:
 * the same, character by character, save that the port of http://localhost and http://127.0.0.1 is
 * not looked at. NULL when the app has none such. Borrowed.
 */
const char *redirect_uri_find(const struct directory_app *app, const char *uri);

#endif
