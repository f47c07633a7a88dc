/* JSON in one pass over bytes, without memory of its own. */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* text is a run of bytes: JSON, or what a JSON text has in it. */
typedef struct {
    const char *at, *end;
} text;

/* encoding says how to step over what is not ASCII: in GBK a character's second
 * byte may be a backslash or a brace. */
typedef enum { UTF8, GBK } encoding;

/* json_object says whether t is one JSON object, with nothing but spaces around it. */
bool json_object(text t, encoding e);

/* json_field finds an object's field. False where t is no object, or has none of
 * that name; a name with escapes is not found. */
bool json_field(text t, encoding e, const char *name, text *value);

/* json_string is the inside of a value that is a string, with its escapes. */
bool json_string(text value, text *inside);

/* json_number is a value that is a whole number from 0 to 999999999. */
bool json_number(text value, uint32_t *number);

/* json_unescape resolves a string's escapes in place and returns its new end. What is not
 * ASCII becomes UTF-8; in GBK, whose table is not here, it stays an escape. */
char *json_unescape(char *at, char *end, encoding e);

/* gbk_whole says whether t is GBK, or GB 18030, from end to end. */
bool gbk_whole(text t);

/* base64_encode writes n bytes in base64 and returns how many characters that became. */
size_t base64_encode(char *to, const void *from, size_t n);

/* base64_decode reads base64, also in place; false where it is none, or has no room. */
bool base64_decode(text from, void *to, size_t room, size_t *n);

#endif
