/* The page with the frames, whose policy allows them and nothing else. */
#include "mockidp/endpoints/front_channel.h"

#include "mockidp/config/directory.h"
#include "mockidp/endpoints/reply.h"
#include "mockidp/pages/template.h"
#include "mockidp/platform/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* write_frame writes one frame, and where it may lead. */
static void write_frame(const struct idp_context *context, const struct state_session *session,
                        const char *uri, FILE *frames, FILE *policy)
{
    char issuer[512];
    size_t origin = strcspn(uri, ":") + 3; /* scheme and host: the configuration has checked it */
    const json_t *set = json_object_get(context->directory->root, "front_channel_parameters");
    origin += strcspn(uri + origin, "/?#");
    (void)fprintf(policy, " %.*s", (int)origin, uri);
    (void)fputs("<iframe title=\"Signing out\" src=\"", frames);
    page_escape(frames, uri);
    if (!json_is_false(set)) {
        (void)snprintf(issuer, sizeof issuer, "%s/%s/v2.0", context->origin, session->tenant_id);
        (void)fprintf(frames, "%ssid=%s&amp;iss=", strchr(uri, '?') ? "&amp;" : "?", session->id);
        reply_encode(frames, issuer);
    }
    (void)fputs("\"></iframe>\n", frames);
}

/* write_frames writes those of all apps that were signed in to; how many. */
static size_t write_frames(const struct idp_context *context, const struct state_session *session,
                           FILE *frames, FILE *policy)
{
    char apps[STATE_ASKED_CAP] = "";
    size_t count = 0;
    const struct directory_tenant *t = directory_tenant(context->directory, session->tenant_id);
    if (*session->id) {
        notes_read(context->state, NOTES_APPS, session->id, apps);
    }
    for (size_t i = 0; t && i < t->app_count; i++) {
        const char *uri =
            json_string_value(json_object_get(t->apps[i].json, "front_channel_logout_uri"));
        if (uri && words_have(apps, t->apps[i].id)) {
            write_frame(context, session, uri, frames, policy);
            count++;
        }
    }
    return count;
}

/* A link, which the page follows by itself once the frames are there. */
static char *link_to(const char *next)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = next ? open_memstream(&text, &len) : NULL;
    if (out) {
        (void)fputs("<p><a id=\"next\" href=\"", out);
        page_escape(out, next);
        (void)fputs("\">Go on</a></p>", out);
        if (fclose(out) != 0) {
            free(text);
            text = NULL;
        }
    }
    return text;
}

static void show(struct idp_context *context, const char *frames, const char *policy,
                 const char *next, struct http_response *response)
{
    char *whole = NULL;
    char *link = link_to(next);
    const struct page_value values[] = {{"title", "You signed out of your account"},
                                        {"text", "It’s a good idea to close all browser windows."},
                                        {"frames", frames},
                                        {"next", link},
                                        {NULL, NULL}};
    page_respond(context, response, 200, "logout", values);
    const char *set = response_get_header(response, "Content-Security-Policy");
    if (*policy && set && asprintf(&whole, "%s; frame-src%s", set, policy) >= 0) {
        response_set_header(response, "Content-Security-Policy", whole);
    }
    free(link);
    free(whole);
}

bool front_channel_answer(struct idp_context *context, const struct state_session *session,
                          const char *next, struct http_response *response)
{
    char *texts[2] = {NULL, NULL};
    size_t lens[2] = {0, 0};
    FILE *frames = open_memstream(&texts[0], &lens[0]);
    FILE *policy = open_memstream(&texts[1], &lens[1]);
    size_t count = frames && policy ? write_frames(context, session, frames, policy) : 0;
    bool good = frames && policy;
    good = (!frames || fclose(frames) == 0) && good;
    good = (!policy || fclose(policy) == 0) && good;
    response->failed = response->failed || !good;
    bool answers = count > 0 || !next;
    if (good && answers) {
        show(context, texts[0], texts[1], next, response);
    }
    free(texts[0]);
    free(texts[1]);
    return answers;
}
