/* Linux: what is asked of the system is asked in ways that glibc 2.17 knows, and
 * that leave the host's signals, children and descriptors alone. */
#define _GNU_SOURCE
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- files and paths ---- */

/* high moves a descriptor away from 0 to 2, which a host may have closed. */
static int high(int fd)
{
    if (fd < 0 || fd > 2)
        return fd;
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    close(fd);
    return moved;
}

static int open_file(const char *path, int flags) { return high(open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600)); }

/* look is lstat or stat: glibc's own are other symbols since 2.33. */
static bool look(const char *path, struct stat *s, bool follow)
{
#ifdef SYS_newfstatat
    return syscall(SYS_newfstatat, AT_FDCWD, path, s, follow ? 0 : AT_SYMLINK_NOFOLLOW) == 0;
#else
    return (follow ? stat(path, s) : lstat(path, s)) == 0;
#endif
}

bool file_exists(host *h, const char *path)
{
    struct stat s;
    (void)h;
    return look(path, &s, true) && S_ISREG(s.st_mode);
}

static size_t read_all(int fd, char *to, size_t room)
{
    size_t used = 0;
    while (used < room) {
        ssize_t n = read(fd, to + used, room - used);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        used += (size_t)n;
    }
    return used;
}

size_t file_read(host *h, const char *path, char *to, size_t room)
{
    struct stat s;
    (void)h;
    if (!look(path, &s, true) || !S_ISREG(s.st_mode))
        return 0;
    int fd = open_file(path, O_RDONLY);
    if (fd < 0)
        return 0;
    size_t n = read_all(fd, to, room);
    close(fd);
    return n;
}

/* write_quietly writes where that may end a process: a file that may not grow, a pipe
 * that nobody reads. The signal comes to the thread that writes, and is taken away. */
static void write_quietly(int fd, const char *at, size_t n)
{
    const struct timespec at_once = {0, 0};
    sigset_t deadly, were, before;
    sigemptyset(&deadly);
    sigaddset(&deadly, SIGXFSZ);
    sigaddset(&deadly, SIGPIPE);
    sigprocmask(SIG_BLOCK, &deadly, &were);
    sigpending(&before);
    ssize_t written = write(fd, at, n);
    (void)written; /* a log that can't be written must not be in a call's way */
    if (sigismember(&before, SIGXFSZ))
        sigdelset(&deadly, SIGXFSZ); /* it was the host's */
    if (sigismember(&before, SIGPIPE))
        sigdelset(&deadly, SIGPIPE);
    while (sigtimedwait(&deadly, NULL, &at_once) > 0) {
    }
    sigprocmask(SIG_SETMASK, &were, NULL);
}

void file_append(host *h, const char *path, const char *line, size_t n, uint64_t most)
{
    struct stat s;
    size_t length = strlen(path);
    bool there = look(path, &s, false);
    if (there && !S_ISREG(s.st_mode))
        return;
    char *old = there && (uint64_t)s.st_size + n > most ? memory_take(h, length + 3) : NULL;
    if (old != NULL) {
        memcpy(old, path, length);
        memcpy(old + length, ".1", 3);
        (void)rename(path, old);
    }
    int fd = open_file(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW);
    if (fd < 0)
        return;
    write_quietly(fd, line, n);
    close(fd);
}

bool path_absolute(const char *path) { return path[0] == '/'; }

/* cut_to_folder leaves of a path its folder, with its last slash; NULL where there is none. */
static char *cut_to_folder(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash == NULL)
        return NULL;
    slash[1] = 0;
    return path;
}

char *path_folder(host *h, const char *path)
{
    char *real = memory_take(h, PATH_MAX);
    return real == NULL || path[0] == 0 || realpath(path, real) == NULL ? NULL : cut_to_folder(real);
}

char *configured_path(host *h)
{
    const char *path = secure_getenv("ONETRANS_CONFIG");
    size_t n = path == NULL ? 0 : strlen(path);
    char *copy = n == 0 || n >= max_path ? NULL : memory_take(h, n + 1);
    return copy == NULL ? NULL : memcpy(copy, path, n + 1);
}

/* path_on is the path that a line of /proc/self/maps has, if this function is in that
 * file. */
static char *path_on(char *line)
{
    char *after;
    uintptr_t here = (uintptr_t)&path_on, first = strtoul(line, &after, 16), last = *after == '-' ? strtoul(after + 1, NULL, 16) : 0;
    return here < first || here >= last ? NULL : strchr(line, '/');
}

/* find_folder finds the library's file among what is mapped. The path there has
 * no links any more. */
char *find_folder(host *h)
{
    enum { room = 2 * max_path };
    char *buffer = memory_take(h, room), *path = NULL, *end;
    size_t used = 0, before;
    int fd = buffer == NULL ? -1 : open_file("/proc/self/maps", O_RDONLY);
    if (fd < 0)
        return NULL;
    do {
        before = used;
        used += read_all(fd, buffer + used, room - used);
        char *line = buffer;
        while (path == NULL && (end = memchr(line, '\n', used - (size_t)(line - buffer))) != NULL) {
            *end = 0;
            path = path_on(line);
            line = end + 1;
        }
        if (path != NULL)
            break;
        size_t seen = (size_t)(line - buffer);
        memmove(buffer, line, used - seen);
        before -= before < seen ? before : seen;
        used -= seen;
    } while (used != before);
    close(fd);
    return path == NULL ? NULL : cut_to_folder(path);
}

/* ---- the host's thread and memory ---- */

void host_enter(host *h, size_t memory)
{
    h->error = errno;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &h->cancelling);
    if (pipe2(h->guard, O_CLOEXEC) != 0)
        h->guard[0] = h->guard[1] = -1; /* the host has no descriptor left */
    h->guard[0] = high(h->guard[0]);
    h->guard[1] = high(h->guard[1]);
    void *at = mmap(NULL, memory, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    h->memory = h->unused = at == MAP_FAILED ? NULL : at;
    h->memory_size = at == MAP_FAILED ? 0 : memory;
}

void host_leave(host *h)
{
    for (int i = 0; i < 2; i++)
        if (h->guard[i] >= 0)
            close(h->guard[i]);
    if (h->memory != NULL)
        munmap(h->memory, h->memory_size);
    pthread_setcancelstate(h->cancelling, NULL);
    errno = h->error;
}

/* directly has the kernel move them without a pipe, as few sandboxes let a process do. */
static bool directly(void *to, const void *from, size_t n)
{
    struct iovec mine = {to, n}, source = {(void *)(uintptr_t)from, n};
    return syscall(SYS_process_vm_readv, syscall(SYS_getpid), &mine, 1, &source, 1, 0) == (long)n;
}

/* through moves bytes of one page through the pipe; false where the page says no. */
static bool through(host *h, void *to, const void *from, size_t n)
{
    char back[256];
    ssize_t moved;
    if (h->guard[0] < 0 || h->guard[1] < 0)
        return directly(to, from, n);
    do
        moved = write(h->guard[1], from, n);
    while (moved < 0 && errno == EINTR);
    if (moved <= 0)
        return false;
    n = (size_t)moved;
    do
        moved = read(h->guard[0], to, n);
    while (moved < 0 && errno == EINTR);
    if (moved == (ssize_t)n)
        return true;
    for (n -= moved > 0 ? (size_t)moved : 0; n > 0;) /* it must not lie in the way of the next */
        n -= read_all(h->guard[0], back, n < sizeof back ? n : sizeof back);
    return false;
}

/* moved moves bytes page by page, either side's, and says how many came over. */
static size_t moved(host *h, char *to, const char *from, size_t n)
{
    size_t at = 0;
    while (at < n) {
        size_t step = n - at, of_to = 4096 - ((uintptr_t)(to + at) & 4095), of_from = 4096 - ((uintptr_t)(from + at) & 4095);
        step = step < of_to ? step : of_to;
        step = step < of_from ? step : of_from;
        if (!through(h, to + at, from + at, step))
            break;
        at += step;
    }
    return at;
}

size_t peek(host *h, void *to, const void *from, size_t n) { return moved(h, to, from, n); }
size_t poke(host *h, void *to, const void *from, size_t n) { return moved(h, to, from, n); }

/* may_write has the kernel add nothing to a number of a page, in one step: what
 * other threads of the host write there meanwhile stays. */
static bool may_write(char *at)
{
    enum { add = 1 << 28 };
    static uint32_t nobodys;
    char *number = at - ((uintptr_t)at & 3);
    return syscall(SYS_futex, &nobodys, FUTEX_WAKE_OP | FUTEX_PRIVATE_FLAG, 0, NULL, number, add) >= 0;
}

size_t writable(host *h, void *at, size_t most)
{
    char *page = at;
    (void)h;
    while ((size_t)(page - (char *)at) < most) {
        if (!may_write(page))
            return (size_t)(page - (char *)at);
        page += 4096 - ((uintptr_t)page & 4095);
    }
    return most;
}

uint64_t host_window(void) { return 0; }

static uint64_t clock_ms(clockid_t id)
{
    struct timespec t;
    if (clock_gettime(id, &t) != 0)
        return 0;
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

uint64_t now_ms(void) { return clock_ms(CLOCK_MONOTONIC); }
uint64_t wall_ms(void) { return clock_ms(CLOCK_REALTIME); }

bool random_bytes(void *to, size_t n)
{
#ifdef SYS_getrandom
    if (syscall(SYS_getrandom, to, n, 0) == (long)n)
        return true;
#endif
    int fd = open_file("/dev/urandom", O_RDONLY);
    if (fd < 0)
        return false;
    bool whole = read_all(fd, to, n) == n;
    close(fd);
    return whole;
}

uint32_t thread_id(void) { return (uint32_t)syscall(SYS_gettid); }

/* Of a child of the host's its parent's threads are none. */
bool thread_lives(uint32_t id) { return syscall(SYS_tgkill, getpid(), id, 0) == 0 || errno != ESRCH; }

/* ---- whom to trust: as the program itself judges it ---- */

enum { max_links = 40 };

typedef struct {
    char at[max_path];     /* how far it was judged; no link, and no last slash */
    char rest[max_path];   /* what follows */
    char next[max_path];   /* where its first name is */
    char target[max_path]; /* of a link there */
    int links;             /* that were followed */
    bool shut;             /* nobody else may enter a folder on the way to here */
} way;

static bool is_own(const struct stat *s) { return s->st_uid == 0 || s->st_uid == geteuid(); }

/* judge says whether nobody else may write here. In a sticky folder others may, but
 * replace nothing; below a folder that nobody else may enter nobody else comes. */
static bool judge(way *w, const struct stat *s)
{
    bool folder = S_ISDIR(s->st_mode);
    if (!is_own(s) || ((s->st_mode & 022) && !(folder && (w->shut || (s->st_mode & S_ISVTX)))))
        return false;
    w->shut = w->shut || (folder && !(s->st_mode & 011));
    return true;
}

/* follow goes on where the link leads that is next. */
static bool follow(way *w)
{
    ssize_t n = readlink(w->next, w->target, max_path - 1);
    size_t rest = strlen(w->rest);
    if (++w->links > max_links || n <= 0 || (size_t)n + 1 + rest >= max_path)
        return false;
    memmove(w->rest + n + 1, w->rest, rest + 1);
    memcpy(w->rest, w->target, (size_t)n);
    w->rest[n] = '/';
    if (w->target[0] == '/') {
        w->at[0] = 0;
        w->shut = false;
    }
    return true;
}

static void step_over(way *w, const char *name, size_t n) { memmove(w->rest, name + n, strlen(name + n) + 1); }

/* go_up goes to the folder that this one is in. */
static void go_up(way *w)
{
    char *slash = strrchr(w->at, '/');
    if (slash != NULL)
        *slash = 0;
    w->shut = false;
}

/* enter_next goes one name further, or where its link leads, if nobody else may write
 * there. */
static bool enter_next(way *w, const char *name, size_t n)
{
    struct stat s;
    size_t at = strlen(w->at);
    if (n > NAME_MAX || at + n + 2 > max_path)
        return false;
    memcpy(w->next, w->at, at);
    w->next[at] = '/';
    memcpy(w->next + at + 1, name, n);
    w->next[at + 1 + n] = 0;
    step_over(w, name, n);
    if (!look(w->next, &s, false))
        return false;
    if (S_ISLNK(s.st_mode))
        return is_own(&s) && follow(w);
    if (!judge(w, &s))
        return false;
    memcpy(w->at, w->next, at + n + 2);
    return true;
}

/* trusted says whether each folder and each link on the way to a folder belongs to
 * this user or the system's administrator, and nobody else may write there. */
static bool trusted(host *h, const char *folder)
{
    way *w = memory_take(h, sizeof *w);
    struct stat s;
    if (w == NULL || folder[0] != '/' || strlen(folder) >= max_path)
        return false;
    w->at[0] = 0;
    w->links = 0;
    w->shut = false;
    memcpy(w->rest, folder, strlen(folder) + 1);
    if (!look("/", &s, false) || !judge(w, &s))
        return false;
    for (;;) {
        const char *name = w->rest + strspn(w->rest, "/");
        size_t n = strcspn(name, "/");
        if (n == 0)
            return true;
        bool here = n == 1 && name[0] == '.', up = n == 2 && name[0] == '.' && name[1] == '.';
        if (!here && !up && !enter_next(w, name, n))
            return false;
        if (here || up)
            step_over(w, name, n);
        if (up)
            go_up(w);
    }
}

/* ---- with the owner ---- */

/* wait_for waits until a descriptor is ready. */
static outcome wait_for(int fd, short events, uint64_t until)
{
    for (;;) {
        struct pollfd p = {.fd = fd, .events = events};
        uint64_t now = now_ms();
        int n = poll(&p, 1, now >= until ? 0 : until - now > INT_MAX ? INT_MAX : (int)(until - now));
        if (n > 0)
            return done;
        if (n < 0 && errno != EINTR)
            return nobody;
        if (n == 0 && now >= until)
            return late;
    }
}

/* is_users says whether this user's, or root's, process is at the other end. */
static bool is_users(int fd)
{
    struct ucred peer;
    socklen_t n = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 && (peer.uid == 0 || peer.uid == geteuid());
}

outcome link_open(host *h, connection *l, const char *address, uint64_t until)
{
    (void)until;
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    char folder[sizeof to.sun_path];
    size_t n = strlen(address);
    const char *slash = strrchr(address, '/');
    l->secret_size = 0;
    if (n >= sizeof to.sun_path || slash == NULL)
        return nobody;
    memcpy(to.sun_path, address, n + 1);
    memcpy(folder, address, (size_t)(slash - address) + 1);
    folder[slash - address + 1] = 0;
    if (!trusted(h, folder))
        return nobody;
    l->fd = high(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (l->fd < 0)
        return nobody;
    bool reached = connect(l->fd, (struct sockaddr *)&to, sizeof to) == 0;
    bool full = !reached && errno == EAGAIN; /* all places at the door are taken: nobody opens it */
    if (reached && is_users(l->fd))
        return done;
    close(l->fd);
    return full ? late : nobody;
}

outcome link_send(host *h, connection *l, const char *data, size_t n, uint64_t until)
{
    (void)h;
    while (n > 0) {
        ssize_t sent = send(l->fd, data, n, MSG_NOSIGNAL);
        if (sent > 0) {
            data += sent;
            n -= (size_t)sent;
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return nobody;
        outcome o = wait_for(l->fd, POLLOUT, until);
        if (o != done)
            return o;
    }
    return done;
}

outcome link_receive(host *h, connection *l, char *to, size_t room, size_t *n, uint64_t until)
{
    (void)h;
    for (;;) {
        outcome o = wait_for(l->fd, POLLIN, until);
        if (o != done)
            return o;
        ssize_t got = recv(l->fd, to, room, 0);
        if (got > 0) {
            *n = (size_t)got;
            return done;
        }
        if (got == 0 || (errno != EINTR && errno != EAGAIN))
            return nobody;
    }
}

void link_close(connection *l) { close(l->fd); }

void host_front(host *h) { (void)h; }

void host_back(host *h) { (void)h; }

void host_pause(host *h, uint64_t ms)
{
    (void)h;
    struct timespec t = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
    while (nanosleep(&t, &t) != 0 && errno == EINTR) {
    }
}

/* ---- starting the program ---- */

/* split is fork without what a host has hung on that, and without a signal when
 * the child ends, if signal is 0. */
static pid_t split(int signal) { return (pid_t)syscall(SYS_clone, signal, 0, 0, 0, 0); }

/* close_from closes all that the host has open from a descriptor on. */
static void close_from(int first)
{
    struct entry {
        uint64_t inode;
        int64_t offset;
        unsigned short length;
        unsigned char type;
        char name[];
    };
#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned)first, ~0u, 0) == 0)
        return;
#endif
    /* opendir would take memory, whose lock another thread may have held. */
    int folder = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _Alignas(8) char buffer[1024];
    for (bool closed = true; closed;) {
        closed = false;
        lseek(folder, 0, SEEK_SET);
        for (long n; (n = syscall(SYS_getdents64, folder, buffer, sizeof buffer)) > 0;)
            for (long at = 0; at < n; at += ((struct entry *)(buffer + at))->length) {
                const char *name = ((struct entry *)(buffer + at))->name;
                int fd = 0;
                if (*name == '.')
                    continue;
                for (; *name >= '0' && *name <= '9'; name++)
                    fd = fd * 10 + (*name - '0');
                if (fd >= first && fd != folder && close(fd) == 0)
                    closed = true;
            }
    }
    close(folder);
}

/* start is what a process of its own is made of. */
typedef struct {
    const char *path, *folder;
    char *const *arguments;
    int out;        /* what it says comes out here */
    uint64_t until; /* it has so long */
} start;

/* unbounded lifts what bounds the host's time, files and descriptors: the agent that
 * is started outlives it. */
static void unbounded(void)
{
    static const int limits[] = {RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_NOFILE};
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        struct rlimit l;
        if (getrlimit(limits[i], &l) == 0) {
            l.rlim_cur = l.rlim_max;
            (void)setrlimit(limits[i], &l);
        }
    }
}

extern char **environ;

/* become is the program's process: nothing of the host's is left in it. */
static void become(const start *s)
{
    sigset_t none;
    int nothing = open("/dev/null", O_RDWR);
    for (int n = 1; n < NSIG; n++)
        (void)signal(n, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    unbounded();
    if (nothing >= 0 && dup2(nothing, 0) == 0 && dup2(s->out, 1) == 1 && dup2(nothing, 2) == 2 && chdir(s->folder) == 0) {
        close_from(3);
        execve(s->path, s->arguments, environ);
    }
    _exit(127);
}

/* watch_over is a process between host and program, and the program's parent: it sees
 * that nothing is left of it, and that it ends in time. Its own end is no signal to
 * the host, which alone can wait for it. */
static void watch_over(const start *s)
{
    sigset_t child;
    (void)signal(SIGCHLD, SIG_DFL);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    pid_t program = split(SIGCHLD);
    if (program == 0)
        become(s);
    close_from(0);
    uint64_t now = now_ms(), left = now < s->until ? s->until - now : 0;
    struct timespec t = {(time_t)(left / 1000), (long)(left % 1000) * 1000000};
    if (program > 0 && waitpid(program, NULL, WNOHANG) == 0) {
        if (sigtimedwait(&child, NULL, &t) < 0)
            kill(program, SIGKILL);
        while (waitpid(program, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    _exit(0);
}

/* read_until_closed reads what comes through a pipe until its other end is closed, or
 * the time is up. */
static size_t read_until_closed(int pipe, char *to, size_t room, uint64_t until)
{
    size_t used = 0;
    while (used < room && wait_for(pipe, POLLIN, until) == done) {
        ssize_t got = read(pipe, to + used, room - used);
        if (got > 0)
            used += (size_t)got;
        else if (got == 0 || (errno != EINTR && errno != EAGAIN))
            break;
    }
    return used;
}

bool program_run(host *h, const char *path, const char *config, char *out, size_t room, size_t *n, uint64_t until)
{
    char agent[] = "agent", background[] = "--background", option[] = "--config";
    char *arguments[] = {(char *)path, agent, background, config != NULL ? option : NULL, (char *)config, NULL};
    start s = {.path = path, .folder = path_folder(h, path), .arguments = arguments, .until = until};
    sigset_t all, were;
    int ends[2];
    *n = 0;
    if (s.folder == NULL || pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return false;
    ends[0] = high(ends[0]);
    s.out = high(ends[1]);
    (void)fcntl(s.out, F_SETFL, 0);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &were);
    pid_t between = split(0);
    if (between == 0)
        watch_over(&s);
    sigprocmask(SIG_SETMASK, &were, NULL);
    close(s.out);
    if (between > 0)
        *n = read_until_closed(ends[0], out, room, until);
    close(ends[0]);
    while (between > 0 && waitpid(between, NULL, (int)__WCLONE) < 0 && errno == EINTR) {
    }
    return *n > 0;
}
