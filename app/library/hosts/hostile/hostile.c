/* A host that does to the library what no host should, and sees whether it is left
 * as it was. It is told the library, what to do and how often, and says what
 * it found: nothing but "ok" where all was well. */
#include <locale.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef _WIN32
#include <windows.h>
#include <tlhelp32.h>
#include <psapi.h>
#else
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#define __stdcall
#endif

typedef int(__stdcall *one_trans)(char *, char *);
typedef int(__stdcall *one_trans_ex)(const char *, int, char *, int);

static const char *library;
static one_trans OneTrans;
static one_trans_ex OneTransEx;

static const char query[] = "{\"msgid\":\"M1\",\"trans_type\":\"hop.trade.query\",\"data\":{\"outTradeNo\":\"N1\"}}";

static void fault(const char *what, long n)
{
    printf("FAULT %s (%ld)\n", what, n);
    fflush(stdout);
    exit(1);
}

#define must(holds, n) \
    do \
        if (!(holds)) \
            fault(#holds, (long)(n)); \
    while (0)

/* ---- the systems ---- */

#define PAGE 4096u

enum access { none, reads, writes };

#ifdef _WIN32
static char *pages(size_t n) { return VirtualAlloc(NULL, n * PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE); }
static void allow(char *at, size_t n, enum access a)
{
    DWORD before;
    VirtualProtect(at, n * PAGE, a == none ? PAGE_NOACCESS : a == reads ? PAGE_READONLY : PAGE_READWRITE, &before);
}
static void *load(void) { return LoadLibraryA(library); }
static void unload(void *l) { FreeLibrary(l); }
static void *symbol(void *l, const char *name) { return (void *)GetProcAddress(l, name); }
static double now(void)
{
    LARGE_INTEGER t, f;
    QueryPerformanceCounter(&t);
    QueryPerformanceFrequency(&f);
    return 1000.0 * (double)t.QuadPart / (double)f.QuadPart;
}
typedef HANDLE thread;
static thread begin(LPTHREAD_START_ROUTINE f, void *of) { return CreateThread(NULL, 0, f, of, 0, NULL); }
static void join(thread t)
{
    WaitForSingleObject(t, INFINITE);
    CloseHandle(t);
}
#define THREAD DWORD WINAPI
static long open_things(void)
{
    DWORD n = 0;
    GetProcessHandleCount(GetCurrentProcess(), &n);
    return (long)n;
}
static long threads_now(void)
{
    long n = 0;
    THREADENTRY32 e = {.dwSize = sizeof e};
    HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    for (BOOL more = Thread32First(all, &e); more; more = Thread32Next(all, &e))
        n += e.th32OwnerProcessID == GetCurrentProcessId();
    CloseHandle(all);
    return n;
}
static long memory_kib(void)
{
    PROCESS_MEMORY_COUNTERS c = {.cb = sizeof c};
    K32GetProcessMemoryInfo(GetCurrentProcess(), &c, sizeof c);
    return (long)(c.PagefileUsage >> 10);
}
#else
static char *pages(size_t n) { return mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }
static void allow(char *at, size_t n, enum access a) { mprotect(at, n * PAGE, a == none ? PROT_NONE : a == reads ? PROT_READ : PROT_READ | PROT_WRITE); }
static void *load(void) { return dlopen(library, RTLD_NOW | RTLD_LOCAL); }
static void unload(void *l) { dlclose(l); }
static void *symbol(void *l, const char *name) { return dlsym(l, name); }
static void pause_ms(int ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    while (nanosleep(&t, &t) != 0) {
    }
}
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1000.0 * (double)t.tv_sec + (double)t.tv_nsec / 1e6;
}
typedef pthread_t thread;
static thread begin(void *(*f)(void *), void *of)
{
    pthread_t t;
    pthread_create(&t, NULL, f, of);
    return t;
}
static void join(thread t) { pthread_join(t, NULL); }
#define THREAD void *
static long entries(const char *path)
{
    long n = 0;
    DIR *folder = opendir(path);
    while (readdir(folder) != NULL)
        n++;
    closedir(folder);
    return n;
}
static long open_things(void) { return entries("/proc/self/fd"); }
static long threads_now(void) { return entries("/proc/self/task"); }
static long memory_kib(void)
{
    long size, resident;
    FILE *f = fopen("/proc/self/statm", "r");
    must(fscanf(f, "%ld %ld", &size, &resident) == 2, 0);
    fclose(f);
    return resident * 4;
}
#endif

static void attach(void)
{
    void *l = load();
    must(l != NULL, 0);
    OneTrans = (one_trans)symbol(l, "OneTrans");
    OneTransEx = (one_trans_ex)symbol(l, "OneTransEx");
    must(OneTrans != NULL && OneTransEx != NULL, 0);
}

/* code is the answer's, or empty. */
static const char *code(const char *out)
{
    static char found[7];
    const char *at = strstr(out, "\"code\":\"");
    memset(found, 0, sizeof found);
    if (at != NULL)
        memcpy(found, at + 8, 6);
    return found;
}

/* whole says whether an answer looks like all of one. */
static int whole(const char *out)
{
    size_t n = strlen(out);
    return n >= 17 && out[0] == '{' && out[n - 1] == '}' && code(out)[0] != 0;
}

/* ---- the host's state ---- */

struct state {
    uint16_t x87;
    uint32_t mxcsr;
    uintptr_t backwards;
    long error, error_mode;
    char folder[1024], locale[128];
    long open, threads;
#ifndef _WIN32
    sigset_t mask;
    struct sigaction pipe, child;
#endif
};

static uintptr_t direction(void)
{
    uintptr_t flags;
#ifdef _WIN64
    __asm__ volatile("pushfq\n\tpop %0" : "=r"(flags));
#elif defined __x86_64__
    __asm__ volatile("pushfq\n\tpop %0" : "=r"(flags));
#else
    __asm__ volatile("pushfl\n\tpop %0" : "=r"(flags));
#endif
    return flags & 1 << 10;
}

static void look(struct state *s, int deep)
{
    __asm__ volatile("fnstcw %0" : "=m"(s->x87));
    __asm__ volatile("stmxcsr %0" : "=m"(s->mxcsr));
    s->backwards = direction();
#ifdef _WIN32
    s->error = (long)GetLastError();
    s->error_mode = (long)GetErrorMode();
    GetCurrentDirectoryA(sizeof s->folder, s->folder);
#else
    s->error = errno;
    must(getcwd(s->folder, sizeof s->folder) != NULL, errno);
    sigprocmask(SIG_SETMASK, NULL, &s->mask);
    sigaction(SIGPIPE, NULL, &s->pipe);
    sigaction(SIGCHLD, NULL, &s->child);
#endif
    strncpy(s->locale, setlocale(LC_ALL, NULL), sizeof s->locale - 1);
    s->open = deep ? open_things() : 0;
    s->threads = deep ? threads_now() : 0;
}

/* calling calls and says what the full register was that a result comes in. */
static unsigned long long calling(char *in, char *out)
{
#if defined _WIN32
    typedef unsigned long long(__stdcall *wide)(char *, char *);
    return ((wide)(void *)OneTrans)(in, out);
#else
    return (unsigned)OneTrans(in, out);
#endif
}

#ifndef _WIN32
static volatile int children;
static void child_ended(int s) { children += s == SIGCHLD; }
#endif

/* A Delphi program's control words; a mask, a locale and a folder of its own. */
static void be_particular(void)
{
    const uint16_t x87 = 0x1332;
    const uint32_t mxcsr = 0x1900;
    __asm__ volatile("fnclex\n\tfldcw %0" : : "m"(x87));
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
    setlocale(LC_ALL, "");
#ifdef _WIN32
    SetErrorMode(SEM_NOGPFAULTERRORBOX);
    SetCurrentDirectoryA("C:\\windows");
#else
    struct sigaction a = {.sa_handler = child_ended};
    sigset_t some;
    sigaction(SIGCHLD, &a, NULL);
    sigemptyset(&some);
    sigaddset(&some, SIGUSR1);
    sigaddset(&some, SIGALRM);
    sigprocmask(SIG_SETMASK, &some, NULL);
    must(chdir("/usr") == 0, errno);
#endif
}

static void untouched(long times)
{
    struct state before, after;
    static char out[8192];
    char in[sizeof query];
    attach();
    be_particular();
    memcpy(in, query, sizeof in);
    must(OneTrans(in, out) == 0, 0); /* what a system brings up once is up now */
    for (long n = 0; n < times; n++) {
        int deep = n % 1000 == 0;
        memset(&before, 0, sizeof before);
        memset(&after, 0, sizeof after);
#ifdef _WIN32
        look(&before, deep);
        SetLastError(before.error = 4711 + n % 7);
#else
        look(&before, deep);
        errno = (int)(before.error = 1 + n % 7);
#endif
        unsigned long long returned = calling(in, out);
        look(&after, deep);
        must(returned == 0, (long)(returned >> 32 | returned));
        must(strcmp(code(out), "000000") == 0, n);
        must(memcmp(in, query, sizeof in) == 0, n);
        must(before.x87 == after.x87, after.x87);
        must(before.mxcsr == after.mxcsr, after.mxcsr);
        must(before.backwards == after.backwards, n);
        must(before.error == after.error, after.error);
        must(before.error_mode == after.error_mode, after.error_mode);
        must(strcmp(before.folder, after.folder) == 0, n);
        must(strcmp(before.locale, after.locale) == 0, n);
        must(before.open == after.open, after.open - before.open);
        must(before.threads == after.threads, after.threads - before.threads);
#ifndef _WIN32
        must(memcmp(&before.mask, &after.mask, sizeof before.mask) == 0, n);
        must(before.pipe.sa_handler == after.pipe.sa_handler && before.child.sa_handler == after.child.sa_handler, n);
        must(children == 0, children);
        must(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD, n);
#endif
    }
}

/* ---- buffers ---- */

static char *two_pages, *end; /* end: what is there and behind it can't be touched */

static void fence(void)
{
    two_pages = pages(5);
    end = two_pages + 4 * PAGE;
    allow(end, 1, none);
}

/* asks writes a query for an answer of so many bytes, and returns its length. */
static int asks(char *in, long bytes, int money)
{
    return sprintf(in, "{\"trans_type\":\"%s\",\"data\":{\"outTradeNo\":\"N1\",\"cut\":%ld}}", money ? "hop.trade.query" : "ehc.ehealthcard.authurl", bytes);
}

/* judged judges one call into the last room bytes before the fence. */
static void judged(long room, long asked, int money, int exact)
{
    char in[256];
    char *out = end - room;
    int n = asks(in, asked, money);
    memset(two_pages, 0x5a, 4 * PAGE);
    int returned = exact ? OneTransEx(in, n, out, (int)room) : OneTrans(in, out);
    long most = room < 8192 || exact ? room : 8192;
    if (returned == 0) {
        must(memchr(out, 0, (size_t)room) != NULL, room);
        long length = (long)strlen(out);
        must(whole(out) && length < most, length);
        if (asked < most && asked >= 27) {
            must(strcmp(code(out), "000000") == 0 && length == asked, asked);
        } else {
            must(strcmp(code(out), money ? "600008" : "600010") == 0 || (asked < 27 && strcmp(code(out), "600008") == 0), asked);
        }
        for (char *at = out + length + 1; at < end; at++)
            must(*at == 0x5a, at - out);
    } else {
        must(returned == 1 && room < 32, room);
        for (char *at = out + (room > 0); at < end; at++)
            must(*at == 0x5a, at - out);
        must(room == 0 || *out == 0, room);
    }
    for (char *at = two_pages; at < out; at++)
        must(*at == 0x5a, at - out);
}

static void lengths(long most)
{
    attach();
    fence();
#ifdef _WIN32
    const long step = 16; /* calls are slow under Wine */
#else
    const long step = 1;
#endif
    for (long n = 1; n <= most; n++) {
        judged(2 * 8192, n, n & 1, 0);
        if (n > 64 && n < 8190 && n % step != 0)
            continue;
        judged(n, n - 1, n & 1, n & 2);
        judged(n, n, !(n & 1), n & 2);
    }
}

static void in_and_out(const char *what, char *in, char *out, int returned, const char *wanted)
{
    int got = OneTrans(in, out);
    if (got != returned || (wanted != NULL && strcmp(code(out), wanted) != 0)) {
        printf("FAULT %s: %d %s\n", what, got, wanted == NULL ? "" : code(out));
        exit(1);
    }
    if (wanted != NULL)
        must(whole(out), 0);
}

static void pointers(long times)
{
    static char out[8192], in[8192];
    attach();
    fence();
    char *shut = pages(2), *fixed = pages(2);
    allow(shut, 2, none);
    memcpy(fixed, query, sizeof query);
    allow(fixed, 2, reads);
    for (; times > 0; times--) {
        in_and_out("no request", NULL, out, 1, "600002");
        in_and_out("an unreadable request", shut, out, 1, "600002");
        in_and_out("a request nowhere", (char *)16, out, 1, "600002");
        in_and_out("a request at the end of memory", (char *)UINTPTR_MAX, out, 1, "600002");
        in_and_out("a request in the system's part", (char *)(UINTPTR_MAX / 2 + 4096), out, 1, "600002");
        in_and_out("a request that may only be read", fixed, out, 0, "000000");
        must(OneTransEx(NULL, 5, out, sizeof out) == 1 && whole(out) && strcmp(code(out), "600002") == 0, 0);
        must(OneTransEx(shut, 5, end - 40, 40) == 1 && whole(end - 40) && strcmp(code(end - 40), "600002") == 0, 0);
        must(OneTransEx(NULL, 0, out, sizeof out) == 0 && strcmp(code(out), "600002") == 0, 0);
        in_and_out("no buffer", in, NULL, 1, NULL);
        in_and_out("neither", NULL, NULL, 1, NULL);
        in_and_out("a buffer that can't be touched", fixed, shut, 1, NULL);
        in_and_out("a buffer that may only be read", fixed, fixed + PAGE, 1, NULL);
        in_and_out("a buffer nowhere", fixed, (char *)16, 1, NULL);
        in_and_out("a buffer at the end of memory", fixed, (char *)UINTPTR_MAX, 1, NULL);
        memcpy(in, query, sizeof query);
        in_and_out("one buffer for both", in, in, 0, "000000");
        in_and_out("UTF-16", memcpy(in, "{\0\"\0a\0\0", 8), out, 0, "600002");
        must(strstr(out, "UTF-16") != NULL, 0);
        in_and_out("nothing", memcpy(in, "", 1), out, 0, "600002");
        memset(end - 600, ' ', 600);
        in_and_out("no end", end - 600, out, 0, "600002");
        memcpy(end - sizeof query + 1, query, sizeof query - 1);
        in_and_out("no NUL", end - sizeof query + 1, out, 0, "600002");
        must(OneTransEx(end - sizeof query + 1, sizeof query - 1, out, sizeof out) == 0 && strcmp(code(out), "000000") == 0, 0);
        must(OneTransEx(end - sizeof query + 1, sizeof query, out, sizeof out) == 0 && strcmp(code(out), "600002") == 0, 0);
        memcpy(end - sizeof query, query, sizeof query);
        in_and_out("a request up to the fence", end - sizeof query, out, 0, "000000");
        must(OneTransEx(query, -1, out, sizeof out) == 0 && strcmp(code(out), "600002") == 0, 0);
        must(OneTransEx(query, INT32_MAX, out, sizeof out) == 0 && strcmp(code(out), "000000") == 0, 0);
        must(OneTransEx(query, INT32_MIN, out, INT32_MIN) == 1, 0);
        must(OneTransEx(query, sizeof query, out, 31) == 1 && out[0] == 0, 0);
        must(OneTransEx(query, sizeof query, out, -1) == 1, 0);
        must(OneTransEx(query, sizeof query, end - 40, INT32_MAX) == 0 && whole(end - 40), 0);
    }
}

/* ---- threads ---- */

static long each;
static int counted[3]; /* carried out, busy, anything else */
static double slowest_busy;
#ifdef _WIN32
static CRITICAL_SECTION counting;
#define lock() EnterCriticalSection(&counting)
#define unlock() LeaveCriticalSection(&counting)
#else
static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;
#define lock() pthread_mutex_lock(&counting)
#define unlock() pthread_mutex_unlock(&counting)
#endif

static int others; /* of whom it is told once they all have heard that somebody is served */

/* say_busy leaves a file beside the library, which the test takes away. */
static void say_busy(void)
{
    char path[4096];
    snprintf(path, sizeof path, "%s.busy", library);
    FILE *f = fopen(path, "w");
    must(f != NULL && fclose(f) == 0, errno);
}

static THREAD load_and_call(void *of)
{
    char in[sizeof query], out[8192];
    (void)of;
    for (long n = 0; n < each; n++) {
        void *l = load();
        must(l != NULL, n);
        one_trans call = (one_trans)symbol(l, "OneTrans");
        memcpy(in, query, sizeof in);
        double begun = now();
        int returned = call(in, out);
        double took = now() - begun;
        must(returned == 0 && whole(out), returned);
        lock();
        if (strcmp(code(out), "600001") == 0) {
            if (++counted[1] == others)
                say_busy();
            if (took > slowest_busy)
                slowest_busy = took;
        } else {
            counted[strcmp(code(out), "000000") == 0 ? 0 : 2]++;
        }
        unlock();
        unload(l);
    }
    return 0;
}

static void many(int threads, long times)
{
    thread all[64];
    each = times;
    for (int i = 0; i < threads; i++)
        all[i] = begin(load_and_call, NULL);
    for (int i = 0; i < threads; i++)
        join(all[i]);
}

static void loads(long times)
{
    many(8, times / 8 / 10 + 1); /* what a system keeps of threads and files, it keeps now */
    long open = open_things(), threads = threads_now(), memory = memory_kib();
    many(8, times / 8);
    must(counted[2] == 0, counted[2]);
    must(open_things() <= open + 2, open_things() - open);
    must(threads_now() <= threads, threads_now() - threads);
    must(memory_kib() <= memory + 1024, memory_kib() - memory);
}

static volatile int at_it;

static THREAD call_once(void *of)
{
    static char never[8192];
    (void)of;
    at_it = 1;
    OneTrans((char *)query, never);
    return 0;
}

/* sixteen call at once; the owner answers once fifteen have heard that they can't be served. */
static void sixteen(long times)
{
    void *l = load();
    others = 15;
    for (; times > 0; times--) {
        memset(counted, 0, sizeof counted);
        slowest_busy = 0;
        many(16, 1);
        must(counted[0] == 1 && counted[1] == 15, counted[0] * 100 + counted[1]);
        printf("busy within %.2f ms\n", slowest_busy);
    }
    unload(l);
}

/* ends while a call runs, as soon as it is told that its owner has it. */
static void ends(long how)
{
    attach();
    begin(call_once, NULL);
    (void)getchar();
    if (how == 1)
        return; /* main's way */
    if (how == 2) {
#ifdef _WIN32
        TerminateProcess(GetCurrentProcess(), 0);
#else
        _exit(0);
#endif
    }
}

#ifdef _WIN32
static thread begin_narrow(LPTHREAD_START_ROUTINE f, long bytes) { return CreateThread(NULL, (SIZE_T)bytes, f, NULL, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL); }

/* ---- windows ---- */

static volatile LONG painted, ticked, typed, within;

static LRESULT CALLBACK procedure(HWND w, UINT m, WPARAM a, LPARAM b)
{
    static char inner[8192];
    switch (m) {
    case WM_PAINT:
        painted++;
        ValidateRect(w, NULL);
        return 0;
    case WM_TIMER:
        ticked++;
        InvalidateRect(w, NULL, TRUE);
        if (OneTrans((char *)query, inner) == 0 && strcmp(code(inner), "600001") == 0)
            within++;
        return 0;
    case WM_KEYDOWN:
    case WM_LBUTTONDOWN:
        typed++;
        return 0;
    }
    return DefWindowProcA(w, m, a, b);
}

/* shows a window, whose thread calls while somebody types. */
static void windows(long paints)
{
    static char out[8192];
    WNDCLASSA class = {.lpfnWndProc = procedure, .lpszClassName = "host", .hInstance = GetModuleHandleA(NULL)};
    MSG m;
    attach();
    RegisterClassA(&class);
    HWND w = CreateWindowA("host", "host", WS_OVERLAPPEDWINDOW | WS_VISIBLE, 0, 0, 200, 200, NULL, NULL, class.hInstance, NULL);
    must(w != NULL, GetLastError());
    SetTimer(w, 1, 50, NULL);
    PostMessageA(w, WM_KEYDOWN, 'A', 0);
    PostMessageA(w, WM_LBUTTONDOWN, 0, 0);
    PostMessageA(w, WM_APP, 0, 0);
    must(OneTrans((char *)query, out) == 0 && strcmp(code(out), "000000") == 0, 0);
    must(PeekMessageA(&m, w, WM_APP, WM_APP, PM_REMOVE), 0); /* what is the host's own is still there */
    if (paints) {
        must(ticked >= 3 && painted >= 3, ticked * 100 + painted);
        must(within == ticked, within);
        must(!PeekMessageA(&m, w, WM_KEYDOWN, WM_KEYDOWN, PM_REMOVE), 0);
        must(!PeekMessageA(&m, w, WM_LBUTTONDOWN, WM_LBUTTONDOWN, PM_REMOVE), 0);
    } else {
        must(ticked == 0, ticked);
    }
    must(typed == 0, typed);
    /* Told to end meanwhile, it is told again. */
    PostQuitMessage(7);
    must(OneTrans((char *)query, out) == 0 && strcmp(code(out), "000000") == 0, 0);
    must(PeekMessageA(&m, NULL, 0, 0, PM_REMOVE) || paints >= 0, 0);
    while (m.message != WM_QUIT)
        must(PeekMessageA(&m, NULL, 0, 0, PM_REMOVE), 0);
    must(m.wParam == 7, m.wParam);
}

/* crooked calls with a stack that is not aligned. */
static void crooked(long times)
{
#ifdef _WIN64
    (void)times;
#else
    static char out[8192];
    attach();
    for (; times > 0; times--)
        for (int by = 0; by < 16; by++) {
            int returned;
            __asm__ volatile("movl %%esp, %%edi\n\tsubl %4, %%esp\n\tpushl %3\n\tpushl %2\n\tcall *%1\n\tmovl %%edi, %%esp"
                             : "=a"(returned)
                             : "r"(OneTrans), "r"(query), "r"(out), "r"(by)
                             : "edi", "ecx", "edx", "memory", "cc");
            must(returned == 0 && strcmp(code(out), "000000") == 0, by);
        }
#endif
}
#else
static thread begin_narrow(void *(*f)(void *), long bytes)
{
    pthread_attr_t a;
    pthread_t t;
    pthread_attr_init(&a);
    must(pthread_attr_setstacksize(&a, (size_t)bytes) == 0, bytes);
    must(pthread_create(&t, &a, f, NULL) == 0, bytes);
    pthread_attr_destroy(&a);
    return t;
}

/* ---- what only Linux does ---- */

static sigjmp_buf back;
static void jump(int s) { siglongjmp(back, s); }

/* jumps out of a call, and calls again. */
static void jumps(long n)
{
    static char out[8192];
    static volatile long times;
    attach();
    times = n;
    signal(SIGALRM, jump);
    for (; times > 0; times--) {
        if (sigsetjmp(back, 1) == 0) {
            alarm(1);
            OneTrans((char *)query, out);
            fault("the call ended before the jump", 0);
        }
        pause_ms(50);
        must(OneTransEx("{}", 2, out, sizeof out) == 0 && strcmp(code(out), "600001") != 0, 0);
    }
}

/* midst is a thread that is in the midst of its call. */
static thread midst(void)
{
    at_it = 0;
    thread t = begin(call_once, NULL);
    while (!at_it)
        pause_ms(1);
    pause_ms(100);
    return t;
}

/* forks in the middle of a call: the child's own are its own. */
static void forks(long times)
{
    static char out[8192];
    attach();
    for (; times > 0; times--) {
        thread t = midst();
        pid_t child = fork();
        if (child == 0) {
            int returned = OneTransEx("{}", 2, out, sizeof out);
            _exit(returned != 0 || strcmp(code(out), "600001") == 0);
        }
        int status;
        must(waitpid(child, &status, 0) == child && status == 0, status);
        join(t);
    }
}

/* starves: there is not one descriptor left. What an earlier call left in the buffer
 * must not be taken for an answer. */
static void starves(long times)
{
    static const char earlier[] = "{\"code\":\"000000\",\"data\":{\"result\":\"succ\"}}";
    static char out[8192];
    struct rlimit few, before;
    attach();
    must(getrlimit(RLIMIT_NOFILE, &before) == 0, errno);
    for (; times > 0; times--) {
        few = before;
        few.rlim_cur = 3;
        must(setrlimit(RLIMIT_NOFILE, &few) == 0, errno);
        memcpy(out, earlier, sizeof earlier);
        must(OneTrans((char *)query, out) == 0, 0);
        must(whole(out) && strncmp(code(out), "6000", 4) == 0 && strcmp(code(out), "600008") != 0, atol(code(out)));
        must(OneTrans(NULL, out) == 1 && strcmp(code(out), "600002") == 0, atol(code(out)));
        must(OneTrans((char *)query, NULL) == 1, 0);
        must(setrlimit(RLIMIT_NOFILE, &before) == 0, errno);
        must(OneTrans((char *)query, out) == 0 && strcmp(code(out), "000000") == 0, atol(code(out)));
    }
}

static volatile uint32_t *own;
static volatile int counts = 1;

static THREAD count(void *of)
{
    (void)of;
    for (uint32_t n = 0; counts; *own = ++n)
        for (int looks = 0; looks < 100; looks++)
            must(*own == n, *own);
    return 0;
}

/* shares the page behind a small buffer with another thread, whose number it is. */
static void shares(long times)
{
    attach();
    char *two = pages(2), *out = two + PAGE - 2048;
    own = (uint32_t *)(two + PAGE);
    thread t = begin(count, NULL);
    for (; times > 0; times--)
        must(OneTrans((char *)query, out) == 0 && strcmp(code(out), "000000") == 0, times);
    counts = 0;
    join(t);
}

/* reaps whoever is left without a parent below it, as the first process of a container
 * does: the program that is started must not become one of its children. */
static void reaps(long times)
{
    static char out[8192];
    siginfo_t ended;
    attach();
    must(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0, errno);
    signal(SIGCHLD, child_ended);
    pid_t own = fork();
    if (own == 0)
        _exit(7);
    must(waitid(P_PID, (id_t)own, &ended, WEXITED | WNOWAIT) == 0, errno); /* it is the host's: it stays as it is */
    pause_ms(50);
    children = 0;
    for (; times > 0; times--) {
        must(OneTrans((char *)query, out) == 0 && strcmp(code(out), "600007") == 0, atol(code(out)));
        pause_ms(50);
        must(children == 0, children);
        must(waitpid(own, NULL, WNOHANG | WNOWAIT) == own || errno == EINVAL, errno);
    }
    int status;
    must(waitpid(-1, &status, 0) == own && WEXITSTATUS(status) == 7, status);
    pause_ms(2000); /* what was given up ends too */
    must(waitpid(-1, &status, WNOHANG | __WALL) < 0 && errno == ECHILD, status);
}

/* limited lets no file grow any more, which ends a process that tries. */
static void limited(long times)
{
    static char out[8192];
    const struct rlimit none = {0, RLIM_INFINITY};
    sigset_t pending;
    attach();
    must(setrlimit(RLIMIT_FSIZE, &none) == 0, errno);
    signal(SIGXFSZ, SIG_DFL);
    for (; times > 0; times--) {
        must(OneTrans((char *)query, out) == 0 && strcmp(code(out), "000000") == 0, atol(code(out)));
        must(sigpending(&pending) == 0 && !sigismember(&pending, SIGXFSZ) && !sigismember(&pending, SIGPIPE), errno);
    }
}

/* ends a thread in the middle of its call. */
static void loses(long times)
{
    static char out[8192];
    attach();
    for (; times > 0; times--) {
        pid_t child = fork();
        if (child == 0) {
            thread t = midst();
            must(OneTransEx("{}", 2, out, sizeof out) == 0 && strcmp(code(out), "600001") == 0, 0);
            pthread_cancel(t); /* waits until the call has ended */
            join(t);
            must(OneTransEx("{}", 2, out, sizeof out) == 0 && strcmp(code(out), "600001") != 0, 0);
            _exit(0);
        }
        int status;
        must(waitpid(child, &status, 0) == child && status == 0, status);
    }
}
#endif

static THREAD call_all_ways(void *of)
{
    static char out[8192];
    (void)of;
    for (int n = 0; n < 3; n++) { /* the program is started, and then known */
        must(OneTrans((char *)query, out) == 0 && strcmp(code(out), "000000") == 0, atol(code(out)));
        must(OneTrans(NULL, out) == 1 && strcmp(code(out), "600002") == 0, atol(code(out)));
    }
    return 0;
}

/* narrow calls on a thread whose stack has so few KiB. */
static void narrow(long kib)
{
    attach();
    join(begin_narrow(call_all_ways, kib << 10));
}

/* ---- how deep a call goes ---- */

enum { painted_bytes = 256 << 10 };
static long deepest; /* bytes */

/* paint_below fills the stack below its caller's. */
__attribute__((noinline)) static void paint_below(void)
{
    volatile char room[painted_bytes];
    for (size_t i = 0; i < sizeof room; i++)
        room[i] = 0x5a;
}

static THREAD call_on_paint(void *of)
{
    volatile char here;
    paint_below();
    call_all_ways(of);
    const volatile char *at = &here - painted_bytes + 1024;
    while (*at == 0x5a)
        at++;
    deepest = (long)(&here - at);
    return 0;
}

/* dives sees that calls need so many KiB of stack at most: Wine gives more than it is
 * asked for. */
static void dives(long kib)
{
    attach();
    join(begin(call_on_paint, NULL));
    printf("%ld bytes deep\n", deepest);
    must(deepest <= kib << 10, deepest);
}

/* speaks calls once with what it is given, in hexadecimal, and says what came of it. */
static void speaks(const char *hex)
{
    static char in[(1 << 20) + 1], out[8192];
    size_t n = strlen(hex) / 2;
    for (size_t i = 0; i < n; i++) {
        unsigned byte;
        sscanf(hex + 2 * i, "%2x", &byte);
        in[i] = (char)byte;
    }
    in[n] = 0;
    double begun = now();
    int returned = OneTrans(in, out);
    printf("%d %.0f ", returned, now() - begun);
    for (const char *at = out; *at != 0; at++)
        printf("%02x", (unsigned char)*at);
    printf("\n");
    fflush(stdout);
}

static void converses(long unused)
{
    static char line[1 << 21];
    (void)unused;
    attach();
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\r\n")] = 0;
        speaks(line);
    }
}

/* measures says how long calls took, in microseconds, one a line. */
static void measures(long times)
{
    static char out[8192], line[1 << 16];
    attach();
    must(fgets(line, sizeof line, stdin) != NULL, 0);
    size_t n = strcspn(line, "\r\n") / 2;
    static char in[(1 << 15) + 1];
    for (size_t i = 0; i < n; i++) {
        unsigned byte;
        sscanf(line + 2 * i, "%2x", &byte);
        in[i] = (char)byte;
    }
    for (; times > 0; times--) {
        double begun = now();
        must(OneTrans(in, out) == 0 && whole(out), 0);
        printf("%.1f\n", 1000 * (now() - begun));
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*does)(long);
    } all[] = {
        {"untouched", untouched}, {"lengths", lengths}, {"pointers", pointers}, {"loads", loads}, {"sixteen", sixteen},
        {"ends", ends}, {"converses", converses}, {"measures", measures}, {"narrow", narrow}, {"dives", dives},
#ifdef _WIN32
        {"windows", windows}, {"crooked", crooked},
#else
        {"jumps", jumps}, {"forks", forks}, {"loses", loses}, {"starves", starves}, {"shares", shares}, {"reaps", reaps}, {"limited", limited},
#endif
    };
    if (argc != 4)
        return 2;
#ifdef _WIN32
    InitializeCriticalSection(&counting);
#endif
    library = argv[1];
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(argv[2], all[i].name) == 0) {
            all[i].does(atol(argv[3]));
            printf("ok\n");
            return 0;
        }
    return 2;
}
