#define _GNU_SOURCE
#include "helper.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static int from = -1, to = -1; /* the pipes, out of the library's sight */
static char home[PATH_MAX];    /* the library's folder */
static int traced;             /* the kernel ends whatever the library starts */
static int (*one_trans)(char *, char *);

static const struct buffer *watched_in, *watched_out;
static volatile sig_atomic_t calling;
static pid_t caller; /* the process that calls: a child of the library's has the same handlers */
static char fault_head[64]; /* "fault NUMBER " of the call that runs */
static pthread_mutex_t speaking = PTHREAD_MUTEX_INITIALIZER;

/* ---- the process above, which ends whatever the library has started ---- */

static pid_t parent_of(pid_t pid)
{
	char path[64], stat[512];
	FILE *f;
	size_t n;
	char *end;
	int parent = 0;
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return 0;
	n = fread(stat, 1, sizeof stat - 1, f);
	fclose(f);
	stat[n] = '\0';
	end = strrchr(stat, ')'); /* a name may hold anything */
	if (end == NULL || sscanf(end + 1, " %*c %d", &parent) != 1)
		return 0;
	return (pid_t)parent;
}

/* How many processes have this one for a parent; they get a signal, but spare. */
static int children(pid_t parent, pid_t spare, int signal)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int n = 0;
	if (proc == NULL)
		return 0;
	while ((entry = readdir(proc)) != NULL) {
		pid_t pid = (pid_t)atoi(entry->d_name);
		if (pid <= 0 || pid == spare || parent_of(pid) != parent)
			continue;
		n++;
		if (signal != 0)
			kill(pid, signal);
	}
	closedir(proc);
	return n;
}

static void nothing(int signal) { (void)signal; }

/* Traces the worker and whoever comes of it, for one thing alone: the kernel ends them all
 * when this process ends, killed or not. They have no other debugger, and no rights of a
 * program's owner (sudo), meanwhile. Where tracing is forbidden, only what this process does
 * itself ends them. */
static int bind(pid_t worker)
{
	return ptrace(PTRACE_SEIZE, worker, NULL,
		(void *)(PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE)) == 0;
}

/* Lets go on who stands still because it is traced, with the signal that it was sent. */
static void resume(pid_t pid, int status)
{
	int event = status >> 16, signal = WSTOPSIG(status);
	if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) /* stopped, as by a terminal */
		ptrace(PTRACE_LISTEN, pid, NULL, NULL);
	else
		ptrace(PTRACE_CONT, pid, NULL, (void *)(long)(event != 0 ? 0 : signal));
}

/* Waits for the worker's end, or that of whom this program serves, and then ends all that
 * is left: who lost their parents became children of this process. */
static void supervise(pid_t worker, const sigset_t *before)
{
	struct pollfd gone = {from, 0, 0};
	int status = 0, ended = 0, how;
	pid_t pid;
	while (!ended && !(gone.revents & (POLLHUP | POLLERR | POLLNVAL))) {
		if (ppoll(&gone, 1, NULL, before) < 0 && errno != EINTR)
			break;
		while (!ended && (pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0)
			if (WIFSTOPPED(status))
				resume(pid, status);
			else
				ended = pid == worker;
	}
	how = ended && WIFEXITED(status) ? WEXITSTATUS(status) : 5;
	close(to);
	/* One after the other: whose parent ends comes to this process, and is seen next. */
	while (children(getpid(), 0, SIGKILL) > 0)
		waitpid(-1, &status, __WALL);
	_exit(how);
}

static int fork_worker(void)
{
	sigset_t block, before;
	struct sigaction child;
	pid_t worker, supervisor = getpid();
	int bound[2];
	ssize_t n;
	char byte;
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || pipe2(bound, O_CLOEXEC) != 0)
		return 0;
	memset(&child, 0, sizeof child);
	child.sa_handler = nothing;
	sigaction(SIGCHLD, &child, NULL);
	sigemptyset(&block);
	sigaddset(&block, SIGCHLD);
	sigprocmask(SIG_BLOCK, &block, &before);
	worker = fork();
	if (worker < 0)
		return 0;
	if (worker > 0) {
		if (bind(worker) && write(bound[1], "", 1) < 0)
			_exit(4);
		close(bound[0]);
		close(bound[1]);
		supervise(worker, &before);
	}
	close(bound[1]);
	while ((n = read(bound[0], &byte, 1)) < 0 && errno == EINTR)
		; /* until it is bound, or known not to be */
	traced = n == 1;
	close(bound[0]);
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGCHLD, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return getppid() == supervisor;
}

/* ---- faults ---- */

static void report(const char *what, const char *more)
{
	char line[160];
	size_t n = 0;
	for (const char *part = fault_head; *part != '\0';)
		line[n++] = *part++;
	for (const char *part = what; *part != '\0';)
		line[n++] = *part++;
	line[n++] = ' ';
	for (const char *part = more; *part != '\0';)
		line[n++] = *part++;
	line[n++] = '\n';
	if (write(to, line, n) < 0) /* nobody is left to be told */
		_exit(6);
}

static int within(const struct buffer *b, const char *at)
{
	return b != NULL && at >= b->guard && at < b->guard + b->length;
}

static void fault(int signal, siginfo_t *info, void *context)
{
	const char *at = info->si_addr;
	(void)context;
	if (!calling || getpid() != caller)
		_exit(6);
	if ((signal == SIGSEGV || signal == SIGBUS) && within(watched_out, at))
		report(FAULT_OVERRUN, "-");
	else if ((signal == SIGSEGV || signal == SIGBUS) && within(watched_in, at))
		report(FAULT_OVERREAD, "-");
	else
		report(FAULT_CRASH, signal == SIGSEGV ? "SIGSEGV" : signal == SIGBUS ? "SIGBUS" : signal == SIGFPE ? "SIGFPE"
			: signal == SIGILL ? "SIGILL" : "SIGABRT");
	_exit(6);
}

static void left(void)
{
	if (!calling || getpid() != caller)
		return;
	report(FAULT_EXIT, "-");
	_exit(6);
}

static void guard_signals(void)
{
	static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	static char stack[64 * 1024]; /* of its own: the library's may be used up */
	stack_t own = {stack, 0, sizeof stack};
	struct sigaction action;
	sigaltstack(&own, NULL);
	memset(&action, 0, sizeof action);
	action.sa_sigaction = fault;
	action.sa_flags = SA_SIGINFO | SA_ONSTACK;
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
		sigaction(faults[i], &action, NULL);
}

void os_watch(const struct buffer *in, const struct buffer *out, unsigned long number)
{
	guard_signals(); /* again: the call before may have put others there */
	snprintf(fault_head, sizeof fault_head, "fault %lu ", number);
	watched_in = in;
	watched_out = out;
	calling = 1;
}

void os_unwatch(void)
{
	calling = 0;
	watched_in = watched_out = NULL;
}

/* ---- lines ---- */

static void *beat(void *unused)
{
	(void)unused;
	for (;;) {
		sleep(1);
		os_say("beat\n", 5);
	}
	return NULL;
}

static int alone(int fd, int number)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 64);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (own < 0 || null < 0 || dup2(null, number) < 0)
		return -1;
	close(null);
	return own;
}

int os_begin(void)
{
	pthread_t heart;
	sigset_t all, before;
	signal(SIGPIPE, SIG_IGN);
	from = alone(0, 0);
	to = alone(1, 1);
	if (from < 0 || to < 0 || alone(2, 2) < 0 || !fork_worker())
		return 0;
	caller = getpid();
	atexit(left);
	/* Signals are the library's thread's alone. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	if (pthread_create(&heart, NULL, beat, NULL) != 0)
		return 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return 1;
}

int os_held(void) { return traced; }

void os_say(const char *line, size_t length)
{
	pthread_mutex_lock(&speaking);
	while (length > 0) {
		ssize_t n = write(to, line, length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(1); /* nobody listens any more */
		line += n;
		length -= (size_t)n;
	}
	pthread_mutex_unlock(&speaking);
}

char *os_line(void)
{
	static char buffer[64 * 1024];
	static size_t start, end;
	char *line = NULL;
	size_t length = 0;
	for (;;) {
		char *stop = memchr(buffer + start, '\n', end - start);
		size_t n = stop != NULL ? (size_t)(stop - buffer) - start : end - start;
		char *longer = length + n < MAX_LINE ? realloc(line, length + n + 1) : NULL;
		if (longer == NULL)
			break;
		line = longer;
		memcpy(line + length, buffer + start, n);
		length += n;
		start += n;
		if (stop != NULL) {
			start++;
			line[length] = '\0';
			return line;
		}
		ssize_t got = read(from, buffer, sizeof buffer);
		if (got <= 0 && !(got < 0 && errno == EINTR))
			break;
		start = 0;
		end = got > 0 ? (size_t)got : 0;
	}
	free(line);
	return NULL;
}

/* ---- the library ---- */

const char *os_load(const char *path, long *code)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash != NULL ? (size_t)(slash - path) : 0;
	void *library;
	if (path[0] != '/' || n >= sizeof home)
		return WHY_PATH;
	memcpy(home, path, n);
	strcpy(home + n, n == 0 ? "/" : "");
	if (chdir(home) != 0) {
		*code = errno;
		return WHY_FOLDER;
	}
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (library == NULL) {
		*code = errno;
		return WHY_LIBRARY;
	}
	*(void **)&one_trans = dlsym(library, "OneTrans");
	return one_trans != NULL ? NULL : WHY_EXPORT;
}

int os_call(char *in, char *out) { return one_trans(in, out); }

int os_moved(void)
{
	char now[PATH_MAX];
	if (getcwd(now, sizeof now) != NULL && strcmp(now, home) == 0)
		return 0;
	return chdir(home) != 0 || 1;
}

/* Who was started by the library, or lost a parent that was. */
int os_child(void)
{
	return children(getpid(), 0, 0) > 0 || children(getppid(), getpid(), 0) > 0;
}

/* Nothing here tells whose window is whose. */
int os_window(void) { return 0; }

/* ---- buffers ---- */

int os_buffer(struct buffer *b, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), used = (size + page - 1) / page * page;
	b->size = size;
	b->length = 16 * page;
	b->whole = used + b->length;
	b->mapped = mmap(NULL, b->whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (b->mapped == MAP_FAILED)
		return 0;
	b->guard = b->mapped + used;
	b->start = b->guard - size;
	return mprotect(b->guard, b->length, PROT_NONE) == 0;
}

void os_free(struct buffer *b) { munmap(b->mapped, b->whole); }
