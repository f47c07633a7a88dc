/* What the helper needs of the system: posix.c and windows.c have it. */
#ifndef ONETRANS_VENDOR_HELPER_H
#define ONETRANS_VENDOR_HELPER_H

#include <stddef.h>

/* Words of the lines that app/vendorlib knows one by one (fault.go, line.go). */
#define PROTOCOL_VERSION "2"
#define HOLD_HELD "held"
#define HOLD_LOOSE "loose"
#define WHY_VERSION "version"
#define WHY_LINE "line"
#define WHY_PATH "path"
#define WHY_FOLDER "folder"
#define WHY_LIBRARY "library"
#define WHY_EXPORT "export"
#define FAULT_OVERRUN "overrun"
#define FAULT_OVERREAD "overread"
#define FAULT_CRASH "crash"
#define FAULT_EXIT "exit"

/* The longest line that is read: a message of 1 MiB in base64, and room beside. */
#define MAX_LINE (1536 * 1024)

/* A buffer whose end lies at memory that can't be touched. */
struct buffer {
	char *start;   /* its first byte */
	size_t size;   /* its length in bytes */
	char *guard;   /* where it ends, and what can't be touched begins */
	size_t length; /* of what can't be touched */
	char *mapped;  /* the whole, to be given back */
	size_t whole;
};

/* Takes standard input and output for the lines alone, and sees to it that whatever the
 * library starts ends with this process. */
int os_begin(void);

/* Whether the system itself sees to that, however this process ends; else it is only looked
 * for, and ended. */
int os_held(void);

/* The next line without its end, in memory of its own; NULL when there is none any more.
 * Windows of the library are served meanwhile. */
char *os_line(void);

/* Says a line, which ends in '\n', whole. */
void os_say(const char *line, size_t length);

/* Loads the library by its full path (UTF-8), its folder being the current directory from
 * then on. What is wrong is a word of the protocol; NULL: nothing. */
const char *os_load(const char *path, long *code);

/* The library's function. */
int os_call(char *in, char *out);

/* Watches what happens in a call, so that a fault is named. */
void os_watch(const struct buffer *in, const struct buffer *out, unsigned long number);
void os_unwatch(void);

int os_buffer(struct buffer *b, size_t size);
void os_free(struct buffer *b);

/* What a call has left behind; the directory is put back. */
int os_moved(void);
int os_child(void);
int os_window(void);

#endif
