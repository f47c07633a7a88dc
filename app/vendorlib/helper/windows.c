#define WIN32_LEAN_AND_MEAN
#define _WIN32_WINNT 0x0601
#include "helper.h"

#include <fcntl.h>
#include <io.h>
#include <objbase.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <tlhelp32.h>
#include <winternl.h>

static HANDLE from, to;         /* the pipes, out of the library's sight */
static HANDLE job;              /* whatever is started ends with it; NULL: Windows lets this process have none */
static HANDLE arrived, taken;   /* a line is there; it is taken */
static char *arriving;          /* that line */
static WCHAR home[MAX_PATH * 4]; /* the library's folder */
static int(__stdcall *one_trans)(char *, char *);

static const struct buffer *watched_in, *watched_out;
static volatile LONG calling;
static char fault_head[64]; /* "fault NUMBER " of the call that runs */
static CRITICAL_SECTION speaking, looking;

/* ---- what the library has started, where there is no job ---- */

enum { most_kin = 256 };

/* This process, and those that came of it, parents before children. The handles keep
 * their numbers from being given to others. */
static struct kin {
	HANDLE process;
	DWORD id;
	ULONGLONG born;
	int ended;
} kin[most_kin];
static int kins;

static ULONGLONG born(HANDLE process)
{
	FILETIME created, unused;
	if (!GetProcessTimes(process, &created, &unused, &unused, &unused))
		return 0;
	return (ULONGLONG)created.dwHighDateTime << 32 | created.dwLowDateTime;
}

/* Whether a process is this one's child: a number may be anybody's since it was seen, and an
 * older process has its parent's number from somebody before. */
static int child_of(const struct kin *parent, HANDLE process)
{
	PROCESS_BASIC_INFORMATION basic;
	return NtQueryInformationProcess(process, ProcessBasicInformation, &basic, sizeof basic, NULL) == 0 &&
	       basic.InheritedFromUniqueProcessId == parent->id && born(process) >= parent->born;
}

/* Notes a process if one that is known has started it. */
static int note(DWORD id, DWORD parent)
{
	int of = -1;
	HANDLE process;
	for (int i = 0; i < kins; i++) {
		if (kin[i].id == id)
			return 0;
		if (kin[i].id == parent)
			of = i;
	}
	if (of < 0 || kins == most_kin)
		return 0;
	process = OpenProcess(PROCESS_TERMINATE | PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, id);
	if (process != NULL && child_of(&kin[of], process)) {
		struct kin found = {process, id, born(process), 0};
		kin[kins++] = found;
		return 1;
	}
	if (process != NULL)
		CloseHandle(process);
	return 0;
}

/* Notes who has come since it was called last, and gives how many. Who had ended before
 * is forgotten: its children are known by now. */
static int look(void)
{
	PROCESSENTRY32W entry;
	int new = 0, before = -1, n = 1;
	HANDLE all;
	EnterCriticalSection(&looking);
	for (int i = 1; i < kins; i++)
		kin[i].ended = WaitForSingleObject(kin[i].process, 0) == WAIT_OBJECT_0;
	all = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
	entry.dwSize = sizeof entry;
	while (all != INVALID_HANDLE_VALUE && new > before) { /* a child may stand before its parent */
		before = new;
		for (BOOL there = Process32FirstW(all, &entry); there; there = Process32NextW(all, &entry))
			new += note(entry.th32ProcessID, entry.th32ParentProcessID);
	}
	for (int i = 1; i < kins && all != INVALID_HANDLE_VALUE; i++)
		if (kin[i].ended)
			CloseHandle(kin[i].process);
		else
			kin[n++] = kin[i];
	if (all != INVALID_HANDLE_VALUE) {
		kins = n;
		CloseHandle(all);
	}
	LeaveCriticalSection(&looking);
	return new;
}

/* Ends them all, the deepest first, and who has come meanwhile. */
static void end_kin(void)
{
	if (job != NULL)
		return;
	look();
	do {
		EnterCriticalSection(&looking);
		for (int i = kins - 1; i > 0; i--)
			TerminateProcess(kin[i].process, 1);
		LeaveCriticalSection(&looking);
	} while (look() > 0);
}

/* ---- faults ---- */

static void report(const char *what, const char *more)
{
	char line[160];
	DWORD written;
	int n = snprintf(line, sizeof line, "%s%s %s\n", fault_head, what, more);
	WriteFile(to, line, (DWORD)n, &written, NULL);
}

static void end(UINT status)
{
	/* The job's last handle goes with this process, and takes the rest along. */
	end_kin();
	TerminateProcess(GetCurrentProcess(), status);
	ExitProcess(status);
}

static int within(const struct buffer *b, ULONG_PTR at)
{
	return b != NULL && at >= (ULONG_PTR)b->guard && at < (ULONG_PTR)b->guard + b->length;
}

/* Comes before every handler of the library, which must not hide what it did. */
static LONG CALLBACK touched(EXCEPTION_POINTERS *e)
{
	EXCEPTION_RECORD *r = e->ExceptionRecord;
	if (!calling || r->ExceptionCode != EXCEPTION_ACCESS_VIOLATION || r->NumberParameters < 2)
		return EXCEPTION_CONTINUE_SEARCH;
	if (within(watched_out, r->ExceptionInformation[1]))
		report(FAULT_OVERRUN, "-");
	else if (within(watched_in, r->ExceptionInformation[1]))
		report(FAULT_OVERREAD, "-");
	else
		return EXCEPTION_CONTINUE_SEARCH;
	end(6);
	return EXCEPTION_CONTINUE_SEARCH;
}

static LONG WINAPI crashed(EXCEPTION_POINTERS *e)
{
	char code[16];
	snprintf(code, sizeof code, "%08lX", (unsigned long)e->ExceptionRecord->ExceptionCode);
	if (calling)
		report(FAULT_CRASH, code);
	end(6);
	return EXCEPTION_EXECUTE_HANDLER;
}

static void left(void)
{
	if (calling) {
		report(FAULT_EXIT, "-");
		end(6);
	}
	end_kin();
}

void os_watch(const struct buffer *in, const struct buffer *out, unsigned long number)
{
	snprintf(fault_head, sizeof fault_head, "fault %lu ", number);
	watched_in = in;
	watched_out = out;
	SetUnhandledExceptionFilter(crashed); /* again: the call before may have set another */
	SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
	InterlockedExchange(&calling, 1);
}

void os_unwatch(void)
{
	InterlockedExchange(&calling, 0);
	watched_in = watched_out = NULL;
}

/* ---- lines ---- */

void os_say(const char *line, size_t length)
{
	EnterCriticalSection(&speaking);
	while (length > 0) {
		DWORD n = 0;
		if (!WriteFile(to, line, (DWORD)length, &n, NULL) || n == 0)
			end(1); /* nobody listens any more */
		line += n;
		length -= n;
	}
	LeaveCriticalSection(&speaking);
}

static DWORD WINAPI beat(void *unused)
{
	(void)unused;
	for (;;) {
		Sleep(1000);
		if (job == NULL)
			look(); /* a child whose parent has gone is found no more */
		os_say("beat\n", 5);
	}
	return 0;
}

static char *read_line(void)
{
	static char buffer[64 * 1024];
	static DWORD start, stop;
	char *line = NULL;
	size_t length = 0;
	for (;;) {
		char *last = memchr(buffer + start, '\n', stop - start);
		size_t n = last != NULL ? (size_t)(last - buffer) - start : stop - start;
		char *longer = length + n < MAX_LINE ? realloc(line, length + n + 1) : NULL;
		if (longer == NULL)
			return NULL;
		line = longer;
		memcpy(line + length, buffer + start, n);
		length += n;
		start += (DWORD)n;
		if (last != NULL) {
			start++;
			line[length] = '\0';
			return line;
		}
		start = stop = 0;
		if (!ReadFile(from, buffer, sizeof buffer, &stop, NULL) || stop == 0)
			return NULL;
	}
}

/* Reads beside the library's thread: whom this program serves may end in mid-call. */
static DWORD WINAPI listen(void *unused)
{
	(void)unused;
	while ((arriving = read_line()) != NULL) {
		SetEvent(arrived);
		WaitForSingleObject(taken, INFINITE);
	}
	end(0);
	return 0;
}

char *os_line(void)
{
	MSG message;
	for (;;) {
		DWORD woken = MsgWaitForMultipleObjects(1, &arrived, FALSE, INFINITE, QS_ALLINPUT);
		if (woken == WAIT_OBJECT_0) {
			char *line = arriving;
			SetEvent(taken);
			return line;
		}
		if (woken != WAIT_OBJECT_0 + 1)
			return NULL;
		while (PeekMessageW(&message, NULL, 0, 0, PM_REMOVE)) {
			TranslateMessage(&message);
			DispatchMessageW(&message);
		}
	}
}

static HANDLE alone(DWORD which)
{
	HANDLE own = NULL, process = GetCurrentProcess();
	HANDLE null = CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
	HANDLE given = GetStdHandle(which);
	if (given != NULL && given != INVALID_HANDLE_VALUE &&
	    !DuplicateHandle(process, given, process, &own, 0, FALSE, DUPLICATE_SAME_ACCESS))
		own = NULL;
	SetStdHandle(which, null);
	return own;
}

/* The library may share this program's C run-time, which has the pipes already. */
static void silence(void)
{
	int null = _open("NUL", _O_RDWR);
	for (int fd = 0; null >= 0 && fd < 3; fd++)
		_dup2(null, fd);
}

/* Has this process in a job of its own. Windows 7 does not let it, where whoever started it
 * is in one that lets nobody go. */
static void end_together(void)
{
	JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits;
	struct kin self = {GetCurrentProcess(), GetCurrentProcessId(), born(GetCurrentProcess()), 0};
	kin[kins++] = self;
	memset(&limits, 0, sizeof limits);
	limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
	job = CreateJobObjectW(NULL, NULL);
	if (job == NULL || (SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits) &&
	                    AssignProcessToJobObject(job, GetCurrentProcess())))
		return;
	CloseHandle(job);
	job = NULL;
}

int os_held(void) { return job != NULL; }

int os_begin(void)
{
	InitializeCriticalSection(&speaking);
	InitializeCriticalSection(&looking);
	from = alone(STD_INPUT_HANDLE);
	to = alone(STD_OUTPUT_HANDLE);
	alone(STD_ERROR_HANDLE);
	silence();
	arrived = CreateEventW(NULL, FALSE, FALSE, NULL);
	taken = CreateEventW(NULL, FALSE, FALSE, NULL);
	if (from == NULL || to == NULL || arrived == NULL || taken == NULL)
		return 0;
	end_together();
	AddVectoredExceptionHandler(1, touched);
	atexit(left);
	/* As in the programs that load such libraries: their controls want an apartment. */
	CoInitializeEx(NULL, COINIT_APARTMENTTHREADED);
	return CreateThread(NULL, 0, beat, NULL, 0, NULL) != NULL && CreateThread(NULL, 0, listen, NULL, 0, NULL) != NULL;
}

/* ---- the library ---- */

const char *os_load(const char *path, long *code)
{
	static WCHAR wide[MAX_PATH * 4];
	WCHAR *slash;
	HMODULE library;
	FARPROC function;
	if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide, MAX_PATH * 4) == 0)
		return WHY_PATH;
	for (WCHAR *c = wide; *c != 0; c++)
		if (*c == L'/')
			*c = L'\\';
	slash = wcsrchr(wide, L'\\');
	if (slash == NULL)
		return WHY_PATH;
	memcpy(home, wide, (size_t)(slash - wide) * sizeof *wide);
	home[slash - wide] = 0;
	if (slash - wide == 2 && wide[1] == L':') /* a drive's root */
		wcscpy(home + 2, L"\\");
	if (!SetCurrentDirectoryW(home) || !SetDllDirectoryW(home)) {
		*code = (long)GetLastError();
		return WHY_FOLDER;
	}
	SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
	library = LoadLibraryExW(wide, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
	if (library == NULL) {
		*code = (long)GetLastError();
		return WHY_LIBRARY;
	}
	function = GetProcAddress(library, "OneTrans");
	if (function == NULL && sizeof(void *) == 4)
		function = GetProcAddress(library, "_OneTrans@8");
	if (function == NULL && sizeof(void *) == 4)
		function = GetProcAddress(library, "OneTrans@8");
	memcpy(&one_trans, &function, sizeof function);
	return function != NULL ? NULL : WHY_EXPORT;
}

int os_call(char *in, char *out) { return one_trans(in, out); }

int os_moved(void)
{
	WCHAR now[MAX_PATH * 4];
	DWORD n = GetCurrentDirectoryW(MAX_PATH * 4, now);
	if (n > 0 && n < MAX_PATH * 4 && lstrcmpiW(now, home) == 0)
		return 0;
	SetCurrentDirectoryW(home);
	return 1;
}

int os_child(void)
{
	struct {
		JOBOBJECT_BASIC_PROCESS_ID_LIST list;
		ULONG_PTR more[63];
	} in_job;
	if (job == NULL) {
		look();
		return kins > 1;
	}
	memset(&in_job, 0, sizeof in_job);
	QueryInformationJobObject(job, JobObjectBasicProcessIdList, &in_job, sizeof in_job, NULL);
	return in_job.list.NumberOfAssignedProcesses > 1;
}

static BOOL CALLBACK seen(HWND window, LPARAM found)
{
	DWORD process = 0;
	GetWindowThreadProcessId(window, &process);
	if (process == GetCurrentProcessId() && IsWindowVisible(window)) {
		*(int *)found = 1;
		return FALSE;
	}
	return TRUE;
}

int os_window(void)
{
	int found = 0;
	EnumWindows(seen, (LPARAM)&found);
	return found;
}

/* ---- buffers ---- */

int os_buffer(struct buffer *b, size_t size)
{
	SYSTEM_INFO system;
	DWORD before;
	size_t page, used;
	GetSystemInfo(&system);
	page = system.dwPageSize;
	used = (size + page - 1) / page * page;
	b->size = size;
	b->length = 16 * page;
	b->whole = used + b->length;
	b->mapped = VirtualAlloc(NULL, b->whole, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
	if (b->mapped == NULL)
		return 0;
	b->guard = b->mapped + used;
	b->start = b->guard - size;
	return VirtualProtect(b->guard, b->length, PAGE_NOACCESS, &before) != 0;
}

void os_free(struct buffer *b) { VirtualFree(b->mapped, 0, MEM_RELEASE); }
