/*
 * onetrans-vendor loads the library of another vendor, and calls it for onetrans, so
 * that whatever it does to its process (a crash, a hang, a byte too much) it does to this
 * one. What is said over standard input and output is told in app/vendorlib/line.go.
 */
#include "helper.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Writes size bytes in base64, and gives how long that is. */
static size_t encode(char *to, const unsigned char *from, size_t size)
{
	size_t n = 0;
	for (size_t i = 0; i < size; i += 3) {
		size_t left = size - i;
		uint32_t three = (uint32_t)from[i] << 16;
		if (left > 1)
			three |= (uint32_t)from[i + 1] << 8;
		if (left > 2)
			three |= from[i + 2];
		to[n++] = digits[three >> 18];
		to[n++] = digits[three >> 12 & 63];
		to[n++] = left > 1 ? digits[three >> 6 & 63] : '=';
		to[n++] = left > 2 ? digits[three & 63] : '=';
	}
	return n;
}

/* The bytes of a text in base64, with a NUL behind; NULL where it is none. */
static char *decode(const char *text, size_t *size)
{
	size_t length = strlen(text), n = 0;
	char *bytes = length % 4 == 0 ? malloc(length / 4 * 3 + 1) : NULL;
	uint32_t four = 0;
	if (bytes == NULL)
		return NULL;
	for (size_t i = 0; i < length; i++) {
		size_t padding = text[i] == '=' ? length - i : 0;
		const char *digit = padding ? digits : strchr(digits, text[i]);
		if (digit == NULL || padding > 2 || (padding == 2 && text[i + 1] != '=')) {
			free(bytes);
			return NULL;
		}
		four = four << 6 | (uint32_t)(digit - digits);
		if (i % 4 == 3) {
			bytes[n++] = (char)(four >> 16 & 255);
			bytes[n++] = (char)(four >> 8 & 255);
			bytes[n++] = (char)(four & 255);
			four = 0;
		}
	}
	if (length > 0 && text[length - 1] == '=')
		n -= text[length - 2] == '=' ? 2 : 1;
	bytes[n] = '\0';
	*size = n;
	return bytes;
}

static void say(const char *line) { os_say(line, strlen(line)); }

/* The line is not one of the protocol's: whoever speaks is not whom this program serves. */
static int misspoken(void)
{
	say("failed " WHY_LINE " 0\n");
	return 2;
}

/* load VERSION PATH */
static int load(char *line)
{
	char answer[128];
	size_t size;
	long code = 0;
	const char *why;
	char *path;
	if (strncmp(line, "load " PROTOCOL_VERSION " ", 7) != 0) {
		say("failed " WHY_VERSION " " PROTOCOL_VERSION "\n");
		return 2;
	}
	path = decode(line + 7, &size);
	if (path == NULL || size == 0 || strlen(path) != size)
		return misspoken();
	why = os_load(path, &code);
	free(path);
	if (why != NULL) {
		snprintf(answer, sizeof answer, "failed %s %ld\n", why, code);
		say(answer);
		return 3;
	}
	snprintf(answer, sizeof answer, "loaded " PROTOCOL_VERSION " %d %s\n", (int)sizeof(void *) * 8, os_held() ? HOLD_HELD : HOLD_LOOSE);
	say(answer);
	return 0;
}

/* done NUMBER RETURN LEFT ANSWER: LEFT is what the call has left behind, a letter each. */
static void answer(unsigned long number, int returned, const struct buffer *out)
{
	char left[8] = "-", head[64];
	char *letter = left;
	const char *end = memchr(out->start, 0, out->size);
	size_t length = end != NULL ? (size_t)(end - out->start) : 0, n;
	/* A text of one character with more behind it is UTF-16: two show that. */
	if (length == 1 && out->size >= 4 && out->start[2] != 0 && out->start[3] == 0)
		length = 4;
	char *line = malloc(sizeof head + length / 3 * 4 + 8);
	if (line == NULL)
		exit(4);
	if (os_moved())
		*letter++ = 'd';
	if (os_child())
		*letter++ = 'c';
	if (os_window())
		*letter++ = 'w';
	if (end == NULL)
		*letter++ = 'u';
	if (letter != left)
		*letter = '\0';
	n = (size_t)snprintf(line, sizeof head, "done %lu %d %s ", number, returned, left);
	if (length > 0)
		n += encode(line + n, (const unsigned char *)out->start, length);
	else
		line[n++] = '-';
	line[n++] = '\n';
	os_say(line, n);
	free(line);
}

/* call NUMBER CAPACITY IN */
static int call(const char *line)
{
	char *rest, begun[64];
	unsigned long number, capacity;
	struct buffer in, out;
	size_t size;
	char *text;
	int returned;
	if (strncmp(line, "call ", 5) != 0)
		return misspoken();
	number = strtoul(line + 5, &rest, 10);
	capacity = *rest == ' ' ? strtoul(rest + 1, &rest, 10) : 0;
	if (*rest != ' ' || capacity == 0 || capacity > 1 << 20)
		return misspoken();
	text = decode(rest + 1, &size);
	if (text == NULL || strlen(text) != size)
		return misspoken();
	if (!os_buffer(&in, size + 1) || !os_buffer(&out, capacity)) {
		free(text);
		return 4;
	}
	memcpy(in.start, text, size + 1);
	free(text);
	snprintf(begun, sizeof begun, "begun %lu\n", number);
	say(begun); /* from here on it may have been sent */
	os_watch(&in, &out, number);
	returned = os_call(in.start, out.start);
	os_unwatch();
	answer(number, returned, &out);
	os_free(&in);
	os_free(&out);
	return 0;
}

int main(void)
{
	char *line;
	int status = os_begin() ? 0 : 4;
	if (status == 0) {
		line = os_line();
		status = line != NULL ? load(line) : 1;
		free(line);
	}
	while (status == 0 && (line = os_line()) != NULL) {
		status = call(line);
		free(line);
	}
	exit(status);
}
