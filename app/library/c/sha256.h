/* HMAC with SHA-256: FIPS 180-4 and RFC 2104. */
#ifndef SHA256_H
#define SHA256_H

#include <stddef.h>

enum { sha256_size = 32 };

/* hmac_sha256 is over two parts, as if they were one. */
void hmac_sha256(unsigned char mac[sha256_size], const void *key, size_t key_size,
                 const void *first, size_t first_size, const void *second, size_t second_size);

#endif
