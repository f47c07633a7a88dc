/* What the library needs of the system it runs on: unix.c, windows.c. Nothing here
 * is kept between calls. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { max_path = 4096, secret_room = 64 };

/* host is how the host's thread was found, to be left so, and what the system's
 * side of a call keeps meanwhile. */
typedef struct {
    char *memory, *unused; /* the call's own: all of it, and what is left; NULL: there is none */
    size_t memory_size;
    bool painting;         /* the thread's windows are painted while it waits */
#ifdef _WIN32
    unsigned long error;
    uint32_t mxcsr;
    uint16_t x87;
    bool backwards;
    void *foreground, *focus; /* windows of the host's that had them; NULL: none */
    bool quit; /* the host's thread was told to end meanwhile */
    int quit_code;
#else
    int error, cancelling;
    int guard[2]; /* a pipe: who may not read or write somewhere is told so, and not killed; -1: none could be had */
#endif
} host;

/* connection is one to an owner, with the secret that he and this user have. */
typedef struct {
#ifdef _WIN32
    uintptr_t socket;
    void *event;
#else
    int fd;
#endif
    unsigned char secret[secret_room];
    size_t secret_size;
} connection;

/* host_enter notes how the host's thread is, and readies what a call needs, with so
 * many bytes of memory. host_leave is due after it. */
void host_enter(host *h, size_t memory);
void host_leave(host *h);

/* Milliseconds of a clock that nobody sets. */
uint64_t now_ms(void);
/* Milliseconds since 1970, as the machine's clock has it. */
uint64_t wall_ms(void);
bool random_bytes(void *to, size_t n);

/* memory_take is memory until the call ends; NULL where none is left. A host's stack
 * may be small: what is large is kept here. */
void *memory_take(host *h, size_t n);

/* peek reads the host's memory and says how many bytes of it could be read; poke
 * writes it; writable says how many bytes from there on may be written. What
 * can't be touched is no fault. */
size_t peek(host *h, void *to, const void *from, size_t n);
size_t poke(host *h, void *to, const void *from, size_t n);
size_t writable(host *h, void *at, size_t most);

/* outcome is how a step of a call ended that another side has a part in. */
typedef enum {
    done,
    nobody, /* nobody is there */
    late,   /* somebody is, and takes too long */
} outcome;

/* link_open reaches who serves an address, where nobody else could have put it. */
outcome link_open(host *h, connection *l, const char *address, uint64_t until);
outcome link_send(host *h, connection *l, const char *data, size_t n, uint64_t until);
/* link_receive reads what there is, at most room bytes and at least one. */
outcome link_receive(host *h, connection *l, char *to, size_t room, size_t *n, uint64_t until);
void link_close(connection *l);
/* host_front lets whoever carries the call out bring a window to the front;
 * host_back gives the host's its place back. */
void host_front(host *h);
void host_back(host *h);
/* host_pause waits, as host_enter found the thread to be able to. */
void host_pause(host *h, uint64_t ms);
/* host_window is the window that the call came from; 0 where there is none. */
uint64_t host_window(void);

/* program_run runs a program without a window or a terminal, with the two arguments
 * and --config FILE where config is not NULL, and reads what it says into out until it
 * closes that or the time is up. False where it said nothing. */
bool program_run(host *h, const char *path, const char *config, char *out, size_t room, size_t *n, uint64_t until);

/* Paths are UTF-8, with the system's own separators. Those that are returned are in
 * the call's memory; NULL where there is none. */
bool path_absolute(const char *path);
bool file_exists(host *h, const char *path);
/* file_read reads a file's first bytes; 0 where there is none. */
size_t file_read(host *h, const char *path, char *to, size_t room);
/* file_append writes one line, and begins anew, with the old one beside, where
 * the file is longer than most bytes. */
void file_append(host *h, const char *path, const char *line, size_t n, uint64_t most);
/* find_folder is the folder of the library's own file, with its last separator. */
char *find_folder(host *h);
/* path_folder is the folder of what a path leads to, with its last separator. */
char *path_folder(host *h, const char *path);
/* configured_path is where the configuration is, if this machine or whoever
 * started the host says so. */
char *configured_path(host *h);

/* Threads by their number, which is never 0. */
uint32_t thread_id(void);
/* thread_lives says whether it is one of this process's, and runs. */
bool thread_lives(uint32_t id);

#endif
