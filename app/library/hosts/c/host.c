/* Plays a caller of OneTrans in C, and those whose conventions C can have: each
 * buffer ends at a page that can't be touched. What it is told and what it says is
 * described in ../README.md. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef _WIN32
#include <windows.h>
#else
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>
#define __cdecl
#define __stdcall
#endif

enum { MOST_THREADS = 64, LONGEST_LINE = 1 << 17 };

static struct {
    const char *library, *symbol, *convention, *fill;
    int returns, buffer, threads, loop;
    unsigned fpu, mxcsr;
} told = {"", "OneTrans", "cdecl", "zero", 32, 8192, 1, 0, 0, 0};

static void *function;

struct job {
    long id;
    size_t size;
    unsigned char *in;
};

static void quit(const char *why) {
    fprintf(stderr, "host: %s\n", why);
    exit(1);
}

/* --- pages ---------------------------------------------------------------- */

#define PAGE 4096u

static size_t pages(size_t size) { return (size + PAGE - 1) / PAGE * PAGE; }

/* fenced is memory of size bytes whose end is the end of what can be touched. */
static unsigned char *fenced(size_t size) {
    size_t whole = pages(size);
#ifdef _WIN32
    DWORD before;
    unsigned char *at = VirtualAlloc(NULL, whole + PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (at == NULL || !VirtualProtect(at + whole, PAGE, PAGE_NOACCESS, &before))
        quit("no memory");
#else
    unsigned char *at = mmap(NULL, whole + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED || mprotect(at + whole, PAGE, PROT_NONE) != 0)
        quit("no memory");
#endif
    return at + whole - size;
}

static void unfence(unsigned char *memory, size_t size) {
    unsigned char *at = memory + size - pages(size);
#ifdef _WIN32
    VirtualFree(at, 0, MEM_RELEASE);
#else
    munmap(at, pages(size) + PAGE);
#endif
}

/* --- the state that a call must leave as it was --------------------------- */

static unsigned control_word(void) {
    uint16_t word;
    __asm__ volatile("fnstcw %0" : "=m"(word));
    return word;
}

static unsigned control_of_sse(void) {
    uint32_t word;
    __asm__ volatile("stmxcsr %0" : "=m"(word));
    return word;
}

static void set_controls(void) {
    uint16_t word = (uint16_t)told.fpu;
    uint32_t sse = told.mxcsr;
    if (told.fpu)
        __asm__ volatile("fnclex\n\tfldcw %0" : : "m"(word));
    if (told.mxcsr)
        __asm__ volatile("ldmxcsr %0" : : "m"(sse));
}

static unsigned direction(void) {
    uintptr_t flags;
#ifdef __x86_64__
    __asm__ volatile("pushfq\n\tpop %0" : "=r"(flags));
#else
    __asm__ volatile("pushfl\n\tpop %0" : "=r"(flags));
#endif
    return flags >> 10 & 1;
}

static long handles(void) {
#ifdef _WIN32
    DWORD count = 0;
    GetProcessHandleCount(GetCurrentProcess(), &count);
    return (long)count;
#else
    long count = 0;
    DIR *folder = opendir("/proc/self/fd");
    if (folder == NULL)
        return 0;
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
#endif
}

static void hex(char *to, const unsigned char *from, size_t size) {
    for (size_t i = 0; i < size; i++)
        sprintf(to + 2 * i, "%02x", from[i]);
    to[2 * size] = 0;
}

#ifdef _WIN32
static volatile LONG painted; /* how often the window of a UI thread was painted */
#endif

struct state {
    unsigned fpu, mxcsr, direction, mode, error;
    long handles, painted;
    char folder[4 * 1024];
};

static void look(struct state *s, unsigned error) {
    char folder[1024] = "";
    s->error = error;
    s->fpu = control_word();
    s->mxcsr = control_of_sse() & ~0x3fu; /* without what operations of the past left */
    s->direction = direction();
    s->mode = 0;
    s->painted = 0;
#ifdef _WIN32
    GetCurrentDirectoryA(sizeof folder, folder);
    s->mode = GetErrorMode();
    s->painted = painted;
#else
    if (getcwd(folder, sizeof folder) == NULL)
        folder[0] = 0;
#endif
    hex(s->folder, (unsigned char *)folder, strlen(folder));
    s->handles = handles();
}

static void tell(char *to, const struct state *s) {
    sprintf(to, "fpu=%x,mxcsr=%x,direction=%u,mode=%u,error=%u,handles=%ld,painted=%ld,folder=%s", s->fpu, s->mxcsr,
            s->direction, s->mode, s->error, s->handles, s->painted, s->folder);
}

/* --- a call --------------------------------------------------------------- */

static void set_error(unsigned error) {
#ifdef _WIN32
    SetLastError(error);
#else
    errno = (int)error;
#endif
}

static unsigned get_error(void) {
#ifdef _WIN32
    return GetLastError();
#else
    return (unsigned)errno;
#endif
}

/* One function a convention: in one expression, gcc takes calls that differ in
 * nothing else for the same. */
#define CALLS(name, convention)                                                   \
    static long long name(void *in, void *out) {                                  \
        typedef short(convention * of16)(void *, void *);                         \
        typedef int(convention * of32)(void *, void *);                           \
        typedef long long(convention * of64)(void *, void *);                     \
        if (told.returns == 16)                                                   \
            return ((of16)function)(in, out);                                     \
        return told.returns == 64 ? ((of64)function)(in, out) : ((of32)function)(in, out); \
    }

CALLS(call_stdcall, __stdcall)
CALLS(call_cdecl, __cdecl)

static long long call(void *in, void *out) {
    return strcmp(told.convention, "stdcall") == 0 ? call_stdcall(in, out) : call_cdecl(in, out);
}

static unsigned char filling(size_t at) {
    if (strcmp(told.fill, "spaces") == 0)
        return ' ';
    return strcmp(told.fill, "garbage") == 0 ? (unsigned char)(0x81 + at % 0x7d) : 0;
}

static void play(struct job *job) {
    enum { ERROR_BEFORE = 1234 };
    size_t buffer = (size_t)told.buffer, used = buffer;
    unsigned char *in = fenced(job->size + 1), *out = fenced(buffer);
    struct state before, after;
    memcpy(in, job->in, job->size);
    in[job->size] = 0;
    for (size_t i = 0; i < buffer; i++)
        out[i] = filling(i);
    if (strcmp(told.fill, "spaces") == 0)
        out[buffer - 1] = 0; /* as a string of spaces ends */
    set_controls();
    look(&before, ERROR_BEFORE);
    set_error(ERROR_BEFORE);
    long long returned = call(in, out);
    look(&after, get_error());
    unfence(in, job->size + 1);
    while (used > 0 && out[used - 1] == (used == buffer && strcmp(told.fill, "spaces") == 0 ? 0 : filling(used - 1)))
        used--;
    size_t room = 2 * used + 2 * sizeof before + 200;
    char *line = malloc(room), *end;
    if (line == NULL)
        quit("no memory");
    end = line + sprintf(line, "%ld %lld ", job->id, returned);
    if (used == 0)
        *end++ = '-', *end = 0;
    hex(end, out, used);
    end = strchr(end, 0);
    *end++ = ' ';
    tell(end, &before);
    end = strchr(end, 0);
    *end++ = ' ';
    tell(end, &after);
    strcat(end, "\n");
    fputs(line, stdout); /* in one piece, whatever other threads say */
    fflush(stdout);
    unfence(out, buffer);
    free(line);
    free(job->in);
    free(job);
}

/* --- threads -------------------------------------------------------------- */

#ifdef _WIN32

static DWORD threads[MOST_THREADS];
static HANDLE running[MOST_THREADS], begun;

static LRESULT CALLBACK in_window(HWND window, UINT message, WPARAM w, LPARAM l) {
    if (message == WM_TIMER)
        InvalidateRect(window, NULL, TRUE);
    if (message == WM_PAINT) {
        PAINTSTRUCT paint;
        BeginPaint(window, &paint);
        EndPaint(window, &paint);
        InterlockedIncrement(&painted);
        return 0;
    }
    return DefWindowProcA(window, message, w, l);
}

/* open_window gives the thread the window that a desktop program has; without a display
 * one that has messages alone. */
static void open_window(void) {
    WNDCLASSA class = {0};
    class.lpfnWndProc = in_window;
    class.hInstance = GetModuleHandleA(NULL);
    class.lpszClassName = "HIS";
    RegisterClassA(&class);
    HWND window = CreateWindowA("HIS", "HIS", WS_OVERLAPPEDWINDOW | WS_VISIBLE, 0, 0, 200, 100, NULL, NULL, class.hInstance, NULL);
    if (window == NULL)
        window = CreateWindowA("HIS", "HIS", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, class.hInstance, NULL);
    if (window == NULL)
        quit("no window");
    SetTimer(window, 1, 100, NULL);
}

static DWORD WINAPI run(LPVOID number) {
    MSG message;
    PeekMessageA(&message, NULL, 0, 0, PM_NOREMOVE); /* now it has a queue */
    if (told.loop && number == NULL)
        open_window();
    ReleaseSemaphore(begun, 1, NULL);
    while (GetMessageA(&message, NULL, 0, 0) > 0) {
        if (message.message == WM_APP && message.hwnd == NULL)
            play((struct job *)message.lParam);
        else
            DispatchMessageA(&message);
    }
    return 0;
}

static void begin(void) {
    begun = CreateSemaphoreA(NULL, 0, MOST_THREADS, NULL);
    for (intptr_t i = 0; i < told.threads; i++) {
        running[i] = CreateThread(NULL, 0, run, (LPVOID)i, 0, &threads[i]);
        WaitForSingleObject(begun, INFINITE);
    }
}

static void hand(int thread, struct job *job) { PostThreadMessageA(threads[thread], WM_APP, 0, (LPARAM)job); }

static void end(void) {
    for (int i = 0; i < told.threads; i++)
        PostThreadMessageA(threads[i], WM_QUIT, 0, 0);
    WaitForMultipleObjects((DWORD)told.threads, running, TRUE, INFINITE);
}

static void *load(void) {
    HMODULE module = LoadLibraryA(told.library);
    if (module == NULL)
        quit("the library can't be loaded");
    if (told.symbol[0] == '#')
        return (void *)GetProcAddress(module, (LPCSTR)(uintptr_t)atoi(told.symbol + 1));
    return (void *)GetProcAddress(module, told.symbol);
}

#else

static pthread_t running[MOST_THREADS];
static int queues[MOST_THREADS][2];

static void *run(void *number) {
    struct job *job;
    while (read(queues[(intptr_t)number][0], &job, sizeof job) == sizeof job)
        play(job);
    return NULL;
}

static void begin(void) {
    for (intptr_t i = 0; i < told.threads; i++)
        if (pipe(queues[i]) != 0 || pthread_create(&running[i], NULL, run, (void *)i) != 0)
            quit("no thread");
}

static void hand(int thread, struct job *job) {
    if (write(queues[thread][1], &job, sizeof job) != sizeof job)
        quit("a thread is gone");
}

static void end(void) {
    for (int i = 0; i < told.threads; i++) {
        close(queues[i][1]);
        pthread_join(running[i], NULL);
    }
}

static void *load(void) {
    void *module = dlopen(told.library, RTLD_NOW | RTLD_LOCAL);
    if (module == NULL)
        quit(dlerror());
    return dlsym(module, told.symbol);
}

#endif

/* --- what it is told ------------------------------------------------------ */

static const struct {
    const char *name;
    const char **text;
    int *number;
    unsigned *bits; /* in hexadecimal */
} words[] = {
    {"library", &told.library, NULL, NULL}, {"symbol", &told.symbol, NULL, NULL}, {"convention", &told.convention, NULL, NULL},
    {"fill", &told.fill, NULL, NULL},       {"returns", NULL, &told.returns, NULL}, {"buffer", NULL, &told.buffer, NULL},
    {"threads", NULL, &told.threads, NULL}, {"loop", NULL, &told.loop, NULL},       {"fpu", NULL, NULL, &told.fpu},
    {"mxcsr", NULL, NULL, &told.mxcsr},
};

static void hear(const char *word) {
    const char *value = strchr(word, '=');
    for (size_t i = 0; value != NULL && i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i].name);
        if (word + length != value || strncmp(word, words[i].name, length) != 0)
            continue;
        if (words[i].text)
            *words[i].text = value + 1;
        else if (words[i].number)
            *words[i].number = atoi(value + 1);
        else
            *words[i].bits = (unsigned)strtoul(value + 1, NULL, 16);
        return;
    }
    quit(word);
}

static struct job *job_of(long id, const char *text) {
    struct job *job = malloc(sizeof *job);
    size_t size = strspn(text, "0123456789abcdef") / 2;
    if (job == NULL || (job->in = malloc(size + 1)) == NULL)
        quit("no memory");
    job->id = id;
    job->size = size;
    for (size_t i = 0; i < size; i++) {
        unsigned byte;
        sscanf(text + 2 * i, "%2x", &byte);
        job->in[i] = (unsigned char)byte;
    }
    return job;
}

int main(int argc, char **argv) {
    static char line[LONGEST_LINE];
    for (int i = 1; i < argc; i++)
        hear(argv[i]);
    if (told.threads < 1 || told.threads > MOST_THREADS || told.buffer < 1)
        quit("what it is told is out of range");
    function = load();
    if (function == NULL)
        quit("the library has no such function");
    begin();
    puts("ready");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *rest;
        long id = strtol(line, &rest, 10);
        long thread = strtol(rest, &rest, 10);
        if (thread < 0 || thread >= told.threads)
            quit("no such thread");
        hand((int)thread, job_of(id, rest + strspn(rest, " ")));
    }
    end();
    return 0;
}
