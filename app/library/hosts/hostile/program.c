/* Stands in for the program that the library starts: it notes how it was started,
 * beside itself, and does what the file beside it says, a line at a time: "sleep MS", "exit N",
 * "say TEXT" and "end" (say no more, but stay). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef _WIN32
#include <windows.h>
#define pause_ms Sleep
#else
#include <unistd.h>
#define pause_ms(ms) usleep(1000 * (unsigned)(ms))
#endif

static FILE *beside(const char *self, const char *name, const char *mode)
{
    char path[4096];
    const char *slash = strrchr(self, '/'), *back = strrchr(self, '\\');
    if (back > slash)
        slash = back;
    snprintf(path, sizeof path, "%.*s%s", slash == NULL ? 0 : (int)(slash - self + 1), self, name);
    return fopen(path, mode);
}

int main(int argc, char **argv)
{
    char self[4096], line[8192];
    strcpy(self, argv[0]);
#ifdef _WIN32
    GetModuleFileNameA(NULL, self, sizeof self);
#endif
    FILE *called = beside(self, "called", "a");
    for (int i = 1; i < argc; i++)
        fprintf(called, "%s%c", argv[i], i + 1 < argc ? ' ' : '\n');
    fclose(called);
#ifndef _WIN32
    FILE *how = beside(self, "how", "w");
    char folder[4096] = "";
    fprintf(how, "folder=%s session=%d", getcwd(folder, sizeof folder), getsid(0) == getpid());
    for (int fd = 0; fd < 1000; fd++)
        if (fd != fileno(how) && dup2(fd, fd) == fd)
            fprintf(how, " fd=%d", fd);
    fprintf(how, "\n");
    fclose(how);
#endif
    FILE *script = beside(self, "script", "r");
    while (script != NULL && fgets(line, sizeof line, script) != NULL) {
        line[strcspn(line, "\r\n")] = 0;
        if (strncmp(line, "sleep ", 6) == 0)
            pause_ms(atoi(line + 6));
        else if (strncmp(line, "exit ", 5) == 0)
            return atoi(line + 5);
        else if (strncmp(line, "say ", 4) == 0)
            puts(line + 4), fflush(stdout);
    }
    return 0;
}
