#include "system.h"

/* A file of its own: where mistakes are looked for, each piece has a place of its own. */
void *memory_take(host *h, size_t n)
{
    char *at = h->unused;
    n = (n + 15) & ~(size_t)15;
    if (n > h->memory_size - (size_t)(at - h->memory))
        return NULL;
    h->unused += n;
    return at;
}
