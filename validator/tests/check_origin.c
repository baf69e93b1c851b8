/* Which URLs keys may come from. */
#include "validator/keys/origin.h"
#include "validator/tests/support/suite.h"

static const struct {
    const char *url;
    bool bare; /* without query and fragment */
    bool good;
    const char *why;
} rows[] = {
    {"", false, false, "nothing"},
    {"login.test", false, false, "no scheme"},
    {"//login.test/", false, false, "no scheme, but a host"},
    {"/keys", false, false, "a path"},
    {"https:login.test", false, false, "no slashes"},
    {"https:/login.test", false, false, "one slash"},
    {"https://", false, false, "no host"},
    {"https:///keys", false, false, "an empty host"},
    {"https://:443/keys", false, false, "only a port"},
    {"https://?x", false, false, "only a query"},
    {"ftp://login.test/", false, false, "another scheme"},
    {"file:///etc/keys", false, false, "a file"},
    {"data:text/plain,://localhost", false, false, "data"},
    {"httpsx://login.test/", false, false, "a longer scheme"},
    {"http://login.test/", false, false, "http beyond this machine"},
    {"http://10.0.0.1/", false, false, "http on a private network"},
    {"http://localhost.evil.test/", false, false, "a host that begins like localhost"},
    {"http://localhostx/", false, false, "the same without a dot"},
    {"http://127.0.0.1.evil.test/", false, false, "a host that begins like an address"},
    {"http://127.0.0.1x/", false, false, "the same without a dot"},
    {"http://[::1].evil.test/", false, false, "a host that begins like [::1]"},
    {"http://[::2]/", false, false, "another address"},
    {"http://1270.0.0.1/", false, false, "no loopback"},
    {"http://localhost@evil.test/", false, false, "localhost as user info"},
    {"https://localhost:80@evil.test/", false, false, "the same with a port"},
    {"https://login.test\\@evil.test/", false, false, "a backslash, which some read as a slash"},
    {"https://login.test/a b", false, false, "a space"},
    {"https://login.test/\n", false, false, "a line feed"},
    {"https://login.test/\x7f", false, false, "a control character"},
    {"https://login.test/\xc3\xa9", false, false, "not ASCII"},
    {"https://login.test/?x=1", true, false, "a query where none may be"},
    {"https://login.test/#x", true, false, "a fragment where none may be"},
    {"https://login.test", true, true, "https"},
    {"https://login.test/", true, true, "a path"},
    {"HTTPS://login.test/", true, true, "schemes have no case"},
    {"https://login.test:8443/a/b@c", true, true, "a port; @ in the path"},
    {"https://login.test/keys?appid=1", false, true, "a query where one may be"},
    {"http://localhost", true, true, "loopback by name"},
    {"http://LOCALHOST:80/", true, true, "hosts have no case"},
    {"http://127.0.0.1:8080/", true, true, "loopback by address"},
    {"http://127.9.9.9/", true, true, "all of 127/8"},
    {"http://[::1]:8080/", true, true, "loopback of version 6"},
};

START_TEST(each_url_has_its_verdict)
{
    for (size_t i = 0; i < ROWS(rows); i++) {
        ck_assert_msg(btv_url_is_trustworthy(rows[i].url, rows[i].bare) == rows[i].good, "%s: %s",
                      rows[i].url, rows[i].why);
    }
}
END_TEST

START_TEST(loopback_is_this_machine)
{
    static const char *const here[] = {"https://localhost/", "http://127.0.0.1", "http://[::1]:1/"};
    static const char *const elsewhere[] = {"https://login.test/", "https://localhost.test/",
                                            "https://127.0.0.1.test/", "https://[::1]x/", "x"};
    for (size_t i = 0; i < ROWS(here); i++) {
        ck_assert_msg(btv_url_is_loopback(here[i]), "%s", here[i]);
    }
    for (size_t i = 0; i < ROWS(elsewhere); i++) {
        ck_assert_msg(!btv_url_is_loopback(elsewhere[i]), "%s", elsewhere[i]);
    }
}
END_TEST

START_TEST(a_downgrade_is_seen)
{
    ck_assert(!btv_url_may_lead_to("https://a.test/", "http://127.0.0.1/"));
    ck_assert(!btv_url_may_lead_to("HTTPS://localhost/", "http://localhost/"));
    ck_assert(btv_url_may_lead_to("https://a.test/", "https://b.test/"));
    ck_assert(btv_url_may_lead_to("http://127.0.0.1/", "https://a.test/"));
    ck_assert(btv_url_may_lead_to("http://127.0.0.1/", "http://[::1]/"));
}
END_TEST

TEST_MAIN("origin", a_downgrade_is_seen, each_url_has_its_verdict, loopback_is_this_machine)
