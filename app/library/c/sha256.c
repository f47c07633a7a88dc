#include "sha256.h"

#include <stdint.h>
#include <string.h>

enum { block_size = 64 };

typedef struct {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    unsigned char block[block_size];
} sha256;

static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotated(uint32_t x, int by) { return x >> by | x << (32 - by); }

static void mix(sha256 *h)
{
    uint32_t w[64], s[8];
    for (int i = 0; i < 16; i++) {
        const unsigned char *b = h->block + 4 * i;
        w[i] = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    }
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (rotated(a, 7) ^ rotated(a, 18) ^ a >> 3) + (rotated(b, 17) ^ rotated(b, 19) ^ b >> 10);
    }
    memcpy(s, h->state, sizeof s);
    for (int i = 0; i < 64; i++) {
        uint32_t e = s[4], a = s[0];
        uint32_t first = s[7] + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + ((e & s[5]) ^ (~e & s[6])) + constants[i] + w[i];
        uint32_t second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof s[0]);
        s[4] += first;
        s[0] = first + second;
    }
    for (int i = 0; i < 8; i++)
        h->state[i] += s[i];
}

static void begin(sha256 *h)
{
    static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(h->state, first, sizeof first);
    h->length = 0;
}

static void add(sha256 *h, const void *data, size_t n)
{
    const unsigned char *at = data;
    while (n-- > 0) {
        h->block[h->length++ % block_size] = *at++;
        if (h->length % block_size == 0)
            mix(h);
    }
}

static void end(sha256 *h, unsigned char sum[sha256_size])
{
    uint64_t bits = h->length * 8;
    unsigned char byte = 0x80;
    add(h, &byte, 1);
    for (byte = 0; h->length % block_size != block_size - 8;)
        add(h, &byte, 1);
    for (int i = 56; i >= 0; i -= 8) {
        byte = (unsigned char)(bits >> i);
        add(h, &byte, 1);
    }
    for (int i = 0; i < sha256_size; i++)
        sum[i] = (unsigned char)(h->state[i / 4] >> (24 - i % 4 * 8));
}

void hmac_sha256(unsigned char mac[sha256_size], const void *key, size_t key_size,
                 const void *first, size_t first_size, const void *second, size_t second_size)
{
    sha256 h;
    unsigned char pad[block_size] = {0};
    if (key_size > block_size) {
        begin(&h);
        add(&h, key, key_size);
        end(&h, pad);
    } else if (key_size > 0) {
        memcpy(pad, key, key_size);
    }
    for (int i = 0; i < block_size; i++)
        pad[i] ^= 0x36;
    begin(&h);
    add(&h, pad, block_size);
    add(&h, first, first_size);
    add(&h, second, second_size);
    end(&h, mac);
    for (int i = 0; i < block_size; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    begin(&h);
    add(&h, pad, block_size);
    add(&h, mac, sha256_size);
    end(&h, mac);
    memset(&h, 0, sizeof h);
    memset(pad, 0, sizeof pad);
}
