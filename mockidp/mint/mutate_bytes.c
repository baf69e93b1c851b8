/* Mutations of the bytes that a part encodes; what comes out is encoded again without fault. */
#include "mockidp/mint/encode.h"
#include "mockidp/mint/mutate.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define GROWTH_MAX ((size_t)1 << 20)

/* A part, decoded. */
struct opened {
    char **part;
    unsigned char *data;
    size_t len;
};

static int open_part(struct mint_mutating *m, struct opened *o)
{
    o->part = mint_part(m);
    o->data = o->part ? mint_unbase64url(*o->part, &o->len) : NULL;
    if (o->part && !o->data) {
        return mint_fault(m->oven, m->pointer, "the part is not base64url any more");
    }
    return o->part ? 0 : -1;
}

static int close_part(struct mint_mutating *m, struct opened *o, const void *data, size_t len)
{
    char *text = mint_base64url(data, len);
    free(o->data);
    return mint_part_set(m, o->part, text);
}

/* {"flip_bit":{"part","bit"}} bit 0 is the lowest of the first byte; negative counts from the end.
 */
int mint_mutate_flip_bit(struct mint_mutating *m)
{
    struct opened o = {0};
    if (open_part(m, &o) != 0) {
        return -1;
    }
    json_int_t bit = mint_number(m, "bit", 0);
    json_int_t bits = (json_int_t)o.len * 8;
    bit = bit < 0 ? bits + bit : bit;
    if (bit < 0 || bit >= bits) {
        free(o.data);
        return mint_fault(m->oven, m->pointer, "there are only %lld bits", (long long)bits);
    }
    o.data[bit / 8] ^= (unsigned char)(1U << (bit % 8));
    return close_part(m, &o, o.data, o.len);
}

/* {"truncate":{"part","to":N}} or {"by":N}, in bytes; by one without either. */
int mint_mutate_truncate(struct mint_mutating *m)
{
    struct opened o = {0};
    if (open_part(m, &o) != 0) {
        return -1;
    }
    json_int_t len = (json_int_t)o.len;
    json_int_t by = mint_number(m, "by", 1);
    json_int_t to = json_object_get(m->args, "to") ? mint_number(m, "to", 0)
                    : by < 0 || by > len           ? -1
                                                   : len - by;
    if (to < 0 || to > len) {
        free(o.data);
        return mint_fault(m->oven, m->pointer, "there are only %lld bytes", (long long)len);
    }
    return close_part(m, &o, o.data, (size_t)to);
}

/* grow puts `before` and `after` zero bytes around the part. */
static int grow(struct mint_mutating *m, size_t before, size_t after)
{
    struct opened o = {0};
    if (before + after > GROWTH_MAX) {
        return mint_fault(m->oven, m->pointer, "at most 1 MiB more");
    }
    if (open_part(m, &o) != 0) {
        return -1;
    }
    unsigned char *larger = calloc(1, o.len + before + after + 1);
    if (!larger) {
        free(o.data);
        return mint_fault(m->oven, m->pointer, "out of memory");
    }
    memcpy(larger + before, o.data, o.len);
    int status = close_part(m, &o, larger, o.len + before + after);
    free(larger);
    return status;
}

/* {"extend":{"part","by":N}} zero bytes behind; one without "by". */
int mint_mutate_extend(struct mint_mutating *m)
{
    json_int_t by = mint_number(m, "by", 1);
    return by < 0 ? mint_fault(m->oven, m->pointer, "by is positive") : grow(m, 0, (size_t)by);
}

/* {"leading_zero":{"part"}} a zero byte before: the same number, one byte too long. */
int mint_mutate_leading_zero(struct mint_mutating *m)
{
    return grow(m, 1, 0);
}

/* {"prepend":{"part","hex"}} these bytes before. */
int mint_mutate_prepend(struct mint_mutating *m)
{
    struct opened o = {0};
    size_t before = 0;
    const char *hex = json_string_value(json_object_get(m->args, "hex"));
    unsigned char *larger = hex ? mint_unhex(hex, &before) : NULL;
    if (!larger || before == 0) {
        free(larger);
        return mint_fault(m->oven, m->pointer, "hex is needed: the bytes to put before");
    }
    if (open_part(m, &o) != 0) {
        free(larger);
        return -1;
    }
    unsigned char *grown = realloc(larger, before + o.len + 1);
    if (!grown) {
        free(larger);
        free(o.data);
        return mint_fault(m->oven, m->pointer, "out of memory");
    }
    memcpy(grown + before, o.data, o.len);
    int status = close_part(m, &o, grown, before + o.len);
    free(grown);
    return status;
}

bool mint_starts_with_zero(const char *part)
{
    size_t len = 0;
    unsigned char *data = mint_unbase64url(part, &len);
    bool zero = data && len > 0 && data[0] == 0;
    free(data);
    return zero;
}

/* {"drop_zero":{"part"}} the zero byte that it begins with is left out: the same number, one byte
 * too short. */
int mint_mutate_drop_zero(struct mint_mutating *m)
{
    struct opened o = {0};
    if (open_part(m, &o) != 0) {
        return -1;
    }
    if (o.len == 0 || o.data[0] != 0) {
        free(o.data);
        return mint_fault(m->oven, m->pointer, "the part does not begin with a zero byte");
    }
    memmove(o.data, o.data + 1, o.len - 1);
    return close_part(m, &o, o.data, o.len - 1);
}

/* {"add_modulus":{"plus":N}} the signature plus the modulus (and N): the same residue, which
 * RFC 8017 §5.2.2 refuses as out of range. */
int mint_mutate_add_modulus(struct mint_mutating *m)
{
    struct opened o = {0};
    BIGNUM *n = NULL;
    unsigned char sum_bytes[1024];
    if (!m->parts->key ||
        EVP_PKEY_get_bn_param(m->parts->key->pkey, OSSL_PKEY_PARAM_RSA_N, &n) != 1) {
        return mint_fault(m->oven, m->pointer, "an RSA signature is needed");
    }
    if (open_part(m, &o) != 0) {
        BN_free(n);
        return -1;
    }
    BIGNUM *sum = BN_bin2bn(o.data, (int)o.len, NULL);
    json_int_t plus = mint_number(m, "plus", 0);
    int len = sum && plus >= -1000 && plus <= 1000 && BN_add(sum, sum, n) == 1 &&
                      (plus < 0 ? BN_sub_word(sum, (BN_ULONG)-plus)
                                : BN_add_word(sum, (BN_ULONG)plus)) == 1 &&
                      (size_t)BN_num_bytes(sum) <= sizeof sum_bytes
                  ? BN_bn2bin(sum, sum_bytes)
                  : 0;
    BN_free(sum);
    BN_free(n);
    if (len <= 0) {
        free(o.data);
        return mint_fault(m->oven, m->pointer, "the part is too long for a sum");
    }
    return close_part(m, &o, sum_bytes, (size_t)len);
}
