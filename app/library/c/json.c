#include "json.h"

#include <string.h>

enum { max_depth = 64, max_number = 64 };

/* stride is how many bytes the next character has. What is no character is passed
 * over byte by byte: what is said of it is not said here. */
static size_t stride(text t, encoding e)
{
    const unsigned char *c = (const unsigned char *)t.at;
    size_t left = (size_t)(t.end - t.at);
    if (e != GBK || c[0] < 0x81 || c[0] == 0xff || left < 2)
        return 1;
    if (c[1] >= '0' && c[1] <= '9')
        return left >= 4 && c[2] >= 0x81 && c[2] != 0xff && c[3] >= '0' && c[3] <= '9' ? 4 : 1;
    return c[1] >= 0x40 && c[1] != 0x7f && c[1] != 0xff ? 2 : 1;
}

bool gbk_whole(text t)
{
    while (t.at < t.end) {
        unsigned char c = (unsigned char)*t.at;
        size_t n = stride(t, GBK);
        if (c > 0x80 && n == 1)
            return false;
        t.at += n;
    }
    return true;
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static void skip_spaces(text *t)
{
    while (t->at < t->end && is_space(*t->at))
        t->at++;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool hex4(const char *at, const char *end, unsigned *unit)
{
    if (end - at < 4)
        return false;
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex(at[i]);
        if (digit < 0)
            return false;
        *unit = *unit << 4 | (unsigned)digit;
    }
    return true;
}

/* skip_escape passes over what follows a backslash. */
static bool skip_escape(text *t)
{
    unsigned unit;
    if (t->at == t->end)
        return false;
    char c = *t->at++;
    if (c != 'u')
        return memchr("\"\\/bfnrt", c, 8) != NULL;
    if (!hex4(t->at, t->end, &unit))
        return false;
    t->at += 4;
    return true;
}

static bool skip_string(text *t, encoding e)
{
    if (t->at == t->end || *t->at++ != '"')
        return false;
    while (t->at < t->end) {
        unsigned char c = (unsigned char)*t->at;
        t->at += stride(*t, e);
        if (c == '"')
            return true;
        if (c < 0x20 || (c == '\\' && !skip_escape(t)))
            return false;
    }
    return false;
}

static bool skip_digits(text *t)
{
    const char *first = t->at;
    while (t->at < t->end && *t->at >= '0' && *t->at <= '9')
        t->at++;
    return t->at > first;
}

static bool skip_char(text *t, char c)
{
    if (t->at == t->end || *t->at != c)
        return false;
    t->at++;
    return true;
}

static bool skip_number(text *t)
{
    const char *first = t->at;
    skip_char(t, '-');
    if (!skip_char(t, '0') && !skip_digits(t))
        return false;
    if (skip_char(t, '.') && !skip_digits(t))
        return false;
    if (skip_char(t, 'e') || skip_char(t, 'E')) {
        if (!skip_char(t, '+'))
            skip_char(t, '-');
        if (!skip_digits(t))
            return false;
    }
    return t->at - first <= max_number;
}

static bool skip_word(text *t, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(t->end - t->at) < n || memcmp(t->at, word, n) != 0)
        return false;
    t->at += n;
    return true;
}

static bool skip_scalar(text *t, encoding e)
{
    if (t->at == t->end)
        return false;
    switch (*t->at) {
    case '"':
        return skip_string(t, e);
    case 't':
        return skip_word(t, "true");
    case 'f':
        return skip_word(t, "false");
    case 'n':
        return skip_word(t, "null");
    }
    return skip_number(t);
}

static bool skip_name(text *t, encoding e)
{
    skip_spaces(t);
    if (!skip_string(t, e))
        return false;
    skip_spaces(t);
    return skip_char(t, ':');
}

/* skip_value passes over one value. Each bit of objects says of a depth whether
 * an object is open there, or else a list. */
static bool skip_value(text *t, encoding e)
{
    uint64_t objects = 0;
    int depth = 0;
    for (;;) {
        skip_spaces(t);
        if (t->at < t->end && (*t->at == '{' || *t->at == '[')) {
            bool object = *t->at++ == '{';
            if (depth == max_depth)
                return false;
            objects = objects << 1 | object;
            depth++;
            skip_spaces(t);
            if (!skip_char(t, object ? '}' : ']')) {
                if (object && !skip_name(t, e))
                    return false;
                continue;
            }
            objects >>= 1;
            depth--;
        } else if (!skip_scalar(t, e)) {
            return false;
        }
        for (;;) { /* a value has ended: so may what it is in */
            if (depth == 0)
                return true;
            skip_spaces(t);
            if (skip_char(t, ',')) {
                if ((objects & 1) && !skip_name(t, e))
                    return false;
                break;
            }
            if (!skip_char(t, objects & 1 ? '}' : ']'))
                return false;
            objects >>= 1;
            depth--;
        }
    }
}

bool json_object(text t, encoding e)
{
    skip_spaces(&t);
    if (t.at == t.end || *t.at != '{' || !skip_value(&t, e))
        return false;
    skip_spaces(&t);
    return t.at == t.end;
}

bool json_field(text t, encoding e, const char *name, text *value)
{
    size_t n = strlen(name);
    skip_spaces(&t);
    if (!skip_char(&t, '{'))
        return false;
    do {
        skip_spaces(&t);
        const char *quote = t.at;
        if (!skip_string(&t, e))
            return false;
        bool found = (size_t)(t.at - quote) == n + 2 && memcmp(quote + 1, name, n) == 0;
        skip_spaces(&t);
        if (!skip_char(&t, ':'))
            return false;
        skip_spaces(&t);
        const char *first = t.at;
        if (!skip_value(&t, e))
            return false;
        if (found) {
            *value = (text){first, t.at};
            return true;
        }
        skip_spaces(&t);
    } while (skip_char(&t, ','));
    return false;
}

bool json_string(text value, text *inside)
{
    if (value.end - value.at < 2 || *value.at != '"')
        return false;
    *inside = (text){value.at + 1, value.end - 1};
    return true;
}

bool json_number(text value, uint32_t *number)
{
    *number = 0;
    if (value.at == value.end || value.end - value.at > 9)
        return false;
    for (; value.at < value.end; value.at++) {
        if (*value.at < '0' || *value.at > '9')
            return false;
        *number = *number * 10 + (uint32_t)(*value.at - '0');
    }
    return true;
}

static char *put_utf8(char *to, uint32_t c)
{
    if (c < 0x80) {
        *to++ = (char)c;
        return to;
    }
    if (c < 0x800) {
        *to++ = (char)(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            *to++ = (char)(0xe0 | c >> 12);
        } else {
            *to++ = (char)(0xf0 | c >> 18);
            *to++ = (char)(0x80 | (c >> 12 & 0x3f));
        }
        *to++ = (char)(0x80 | (c >> 6 & 0x3f));
    }
    *to++ = (char)(0x80 | (c & 0x3f));
    return to;
}

/* unescape_unit resolves what follows backslash and u; at is where the digits are. */
static char *unescape_unit(char *to, char **at, char *end, encoding e)
{
    unsigned unit = 0, low = 0;
    char *digits = *at;
    (void)hex4(digits, end, &unit); /* the string was passed over before: they are there */
    *at += 4;
    if (e == GBK && unit >= 0x80) {
        *to++ = '\\';
        *to++ = 'u';
        memmove(to, digits, 4);
        return to + 4;
    }
    if (unit >= 0xd800 && unit < 0xdc00 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u' &&
        hex4(*at + 2, end, &low) && low >= 0xdc00 && low < 0xe000) {
        *at += 6;
        return put_utf8(to, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
    }
    return put_utf8(to, unit);
}

char *json_unescape(char *at, char *end, encoding e)
{
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    char *to = at;
    while (at < end) {
        size_t n = stride((text){at, end}, e);
        if (*at != '\\' || end - at < 2) {
            memmove(to, at, n);
            to += n;
            at += n;
            continue;
        }
        char c = at[1];
        at += 2;
        const char *letter = memchr(letters, c, sizeof letters - 1);
        if (c == 'u' && end - at >= 4)
            to = unescape_unit(to, &at, end, e);
        else
            *to++ = letter != NULL ? meant[letter - letters] : c;
    }
    return to;
}

static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_encode(char *to, const void *from, size_t n)
{
    const unsigned char *at = from;
    char *first = to;
    for (; n > 0; at += 3) {
        uint32_t three = (uint32_t)at[0] << 16 | (n > 1 ? (uint32_t)at[1] << 8 : 0) | (n > 2 ? at[2] : 0u);
        to[0] = digits64[three >> 18];
        to[1] = digits64[three >> 12 & 63];
        to[2] = n > 1 ? digits64[three >> 6 & 63] : '=';
        to[3] = n > 2 ? digits64[three & 63] : '=';
        to += 4;
        n = n > 3 ? n - 3 : 0;
    }
    return (size_t)(to - first);
}

static int value64(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(text from, void *to, size_t room, size_t *n)
{
    unsigned char *out = to;
    size_t length = (size_t)(from.end - from.at), padding = 0;
    *n = 0;
    if (length % 4 != 0)
        return false;
    while (padding < 2 && padding < length && from.end[-1 - (ptrdiff_t)padding] == '=')
        padding++;
    for (size_t i = 0; i < length; i += 4) {
        uint32_t three = 0;
        size_t bytes = i + 4 == length ? 3 - padding : 3;
        for (size_t k = 0; k < 4; k++) {
            int v = k > bytes ? 0 : value64(from.at[i + k]);
            if (v < 0)
                return false;
            three = three << 6 | (uint32_t)v;
        }
        if (room - *n < bytes)
            return false;
        for (size_t k = 0; k < bytes; k++)
            out[(*n)++] = (unsigned char)(three >> (16 - 8 * k));
    }
    return true;
}
