/* Windows 7 and later, without a C run-time: KERNEL32, USER32, ADVAPI32 and WS2_32
 * are all that is asked. */
#define WIN32_LEAN_AND_MEAN
#define _WIN32_WINNT 0x0601
#include <winsock2.h>
#include <windows.h>

#include "json.h"
#include "system.h"

#include <string.h>

/* Nothing is begun when the library is loaded, and nothing ended. */
BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID reserved)
{
    (void)module;
    (void)reason;
    (void)reserved;
    return TRUE;
}

/* ---- what a C run-time would have ---- */

void *memcpy(void *to, const void *from, size_t n)
{
    char *t = to;
    const char *f = from;
    while (n-- > 0)
        *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t n)
{
    char *t = to;
    const char *f = from;
    if (t <= f)
        return memcpy(to, from, n);
    while (n-- > 0)
        t[n] = f[n];
    return to;
}

void *memset(void *to, int c, size_t n)
{
    char *t = to;
    while (n-- > 0)
        *t++ = (char)c;
    return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *x = a, *y = b;
    for (; n > 0; n--, x++, y++)
        if (*x != *y)
            return *x < *y ? -1 : 1;
    return 0;
}

void *memchr(const void *at, int c, size_t n)
{
    const unsigned char *x = at;
    for (; n > 0; n--, x++)
        if (*x == (unsigned char)c)
            return (void *)x;
    return NULL;
}

size_t strlen(const char *s)
{
    size_t n = 0;
    while (s[n] != 0)
        n++;
    return n;
}

int strcmp(const char *a, const char *b)
{
    while (*a != 0 && *a == *b)
        a++, b++;
    return (unsigned char)*a - (unsigned char)*b;
}

/* ---- text and paths ---- */

/* wide and narrow are a text in the other form, in the call's memory; NULL where it is
 * none, or there is none. */
static WCHAR *wide(host *h, const char *s)
{
    int n = MultiByteToWideChar(CP_UTF8, 0, s, -1, NULL, 0);
    WCHAR *to = n <= 0 || n > max_path ? NULL : memory_take(h, (size_t)n * sizeof *to);
    return to == NULL || MultiByteToWideChar(CP_UTF8, 0, s, -1, to, n) != n ? NULL : to;
}

static char *narrow(host *h, const WCHAR *s)
{
    int n = WideCharToMultiByte(CP_UTF8, 0, s, -1, NULL, 0, NULL, NULL);
    char *to = n <= 0 || n > max_path ? NULL : memory_take(h, (size_t)n);
    return to == NULL || WideCharToMultiByte(CP_UTF8, 0, s, -1, to, n, NULL, NULL) != n ? NULL : to;
}

static size_t length_of(const WCHAR *s)
{
    size_t n = 0;
    while (s[n] != 0)
        n++;
    return n;
}

/* joined is up to five texts in one, up to a NULL. */
static WCHAR *joined(host *h, const WCHAR *const texts[5])
{
    size_t n = 1, at = 0;
    for (int i = 0; i < 5 && texts[i] != NULL; i++)
        n += length_of(texts[i]);
    WCHAR *whole = memory_take(h, n * sizeof *whole);
    if (whole == NULL)
        return NULL;
    for (int i = 0; i < 5 && texts[i] != NULL; i++) {
        memcpy(whole + at, texts[i], length_of(texts[i]) * sizeof *whole);
        at += length_of(texts[i]);
    }
    whole[at] = 0;
    return whole;
}

bool path_absolute(const char *path) { return (path[0] != 0 && path[1] == ':') || (path[0] == '\\' && path[1] == '\\'); }

static HANDLE open_existing(const WCHAR *path, DWORD access)
{
    return CreateFileW(path, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
}

/* real is the path of an open file without links on the way, and in the form in
 * which a folder can be a process's own. */
static bool real(HANDLE file, WCHAR *to, DWORD room)
{
    DWORD n = GetFinalPathNameByHandleW(file, to, room, FILE_NAME_NORMALIZED);
    if (n == 0 || n >= room)
        return false;
    if (n > 8 && to[5] == ':') /* \\?\C:\ */
        memmove(to, to + 4, (n - 3) * sizeof *to);
    else if (n > 8 && to[4] == 'U' && to[7] == '\\') /* \\?\UNC\server\share */
        memmove(to + 1, to + 7, (n - 6) * sizeof *to);
    return true;
}

static char *folder_of(host *h, const WCHAR *path)
{
    WCHAR *to = memory_take(h, max_path * sizeof *to);
    HANDLE file = to == NULL ? INVALID_HANDLE_VALUE : open_existing(path, 0);
    if (file == INVALID_HANDLE_VALUE)
        return NULL;
    char *folder = real(file, to, max_path) ? narrow(h, to) : NULL;
    CloseHandle(file);
    size_t n = folder == NULL ? 0 : strlen(folder);
    while (n > 0 && folder[n - 1] != '\\')
        n--;
    if (n == 0)
        return NULL;
    folder[n] = 0;
    return folder;
}

char *path_folder(host *h, const char *path)
{
    const WCHAR *name = path[0] == 0 ? NULL : wide(h, path);
    return name == NULL ? NULL : folder_of(h, name);
}

char *find_folder(host *h)
{
    WCHAR *path = memory_take(h, max_path * sizeof *path);
    HMODULE self;
    if (path == NULL ||
        !GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT, (LPCWSTR)&find_folder, &self))
        return NULL;
    DWORD n = GetModuleFileNameW(self, path, max_path);
    return n > 0 && n < max_path ? folder_of(h, path) : NULL;
}

bool file_exists(host *h, const char *path)
{
    const WCHAR *name = wide(h, path);
    DWORD is = name == NULL ? INVALID_FILE_ATTRIBUTES : GetFileAttributesW(name);
    return is != INVALID_FILE_ATTRIBUTES && !(is & FILE_ATTRIBUTE_DIRECTORY);
}

size_t file_read(host *h, const char *path, char *to, size_t room)
{
    DWORD n = 0;
    const WCHAR *name = wide(h, path);
    HANDLE file = name == NULL ? INVALID_HANDLE_VALUE : open_existing(name, GENERIC_READ);
    if (file == INVALID_HANDLE_VALUE)
        return 0;
    if (!ReadFile(file, to, (DWORD)room, &n, NULL))
        n = 0;
    CloseHandle(file);
    return n;
}

void file_append(host *h, const char *path, const char *line, size_t n, uint64_t most)
{
    LARGE_INTEGER size;
    DWORD written;
    const WCHAR *name = wide(h, path), *old;
    for (int tries = 0; name != NULL && tries < 2; tries++) {
        HANDLE file = CreateFileW(name, FILE_APPEND_DATA | FILE_READ_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_ALWAYS, 0, NULL);
        if (file == INVALID_HANDLE_VALUE)
            return;
        bool full = tries == 0 && GetFileSizeEx(file, &size) && (uint64_t)size.QuadPart + n > most;
        if (!full)
            (void)WriteFile(file, line, (DWORD)n, &written, NULL); /* a log must not be in a call's way */
        CloseHandle(file);
        if (!full)
            return;
        old = joined(h, (const WCHAR *const[5]){name, L".1"});
        if (old != NULL)
            (void)MoveFileExW(name, old, MOVEFILE_REPLACE_EXISTING);
    }
}

/* registered is the registry's value in one of its two views: a 32-bit host and
 * a 64-bit installer see different ones. */
static bool registered(WCHAR *to, DWORD room, REGSAM view)
{
    HKEY key;
    DWORD type, size = (room - 1) * (DWORD)sizeof *to;
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, L"Software\\onetrans", 0, KEY_QUERY_VALUE | view, &key) != ERROR_SUCCESS)
        return false;
    LSTATUS status = RegQueryValueExW(key, L"config", NULL, &type, (BYTE *)to, &size);
    RegCloseKey(key);
    to[size / sizeof *to] = 0;
    return status == ERROR_SUCCESS && type == REG_SZ && to[0] != 0;
}

char *configured_path(host *h)
{
    WCHAR *path = memory_take(h, max_path * sizeof *path);
    if (path == NULL)
        return NULL;
    DWORD n = GetEnvironmentVariableW(L"ONETRANS_CONFIG", path, max_path);
    bool said = n > 0 && n < max_path;
    return said || registered(path, max_path, KEY_WOW64_64KEY) || registered(path, max_path, KEY_WOW64_32KEY) ? narrow(h, path) : NULL;
}

/* ---- the host's thread and memory ---- */

enum { direction = 1 << 10 };

static uintptr_t flags(void)
{
    uintptr_t is;
#ifdef _WIN64
    __asm__ volatile("pushfq\n\tpopq %0" : "=r"(is));
#else
    __asm__ volatile("pushfl\n\tpopl %0" : "=r"(is));
#endif
    return is;
}

/* The host's thread may have its floating-point exceptions unmasked, as Delphi
 * has: a fault of the system's libraries would be the host's. */
static void float_enter(host *h)
{
    const uint16_t masked = 0x037f;
    const uint32_t all_masked = 0x1f80;
    __asm__ volatile("fnstcw %0\n\tstmxcsr %1" : "=m"(h->x87), "=m"(h->mxcsr));
    __asm__ volatile("fnclex\n\tfldcw %0\n\tldmxcsr %1" : : "m"(masked), "m"(all_masked));
}

static void float_leave(const host *h) { __asm__ volatile("fnclex\n\tfldcw %0\n\tldmxcsr %1" : : "m"(h->x87), "m"(h->mxcsr)); }

void host_enter(host *h, size_t memory)
{
    h->error = GetLastError();
    h->backwards = (flags() & direction) != 0;
    __asm__ volatile("cld");
    float_enter(h);
    h->memory = h->unused = VirtualAlloc(NULL, memory, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    h->memory_size = h->memory == NULL ? 0 : memory;
}

void host_leave(host *h)
{
    if (h->quit)
        PostQuitMessage(h->quit_code);
    if (h->memory != NULL)
        VirtualFree(h->memory, 0, MEM_RELEASE);
    float_leave(h);
    SetLastError(h->error);
    if (h->backwards)
        __asm__ volatile("std");
}

/* touchable says how many bytes from there on may be read, or written. */
static size_t touchable(const void *at, size_t most, bool write)
{
    const DWORD writes = PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY;
    const DWORD reads = writes | PAGE_READONLY | PAGE_EXECUTE_READ;
    uintptr_t first = (uintptr_t)at, here = first;
    MEMORY_BASIC_INFORMATION is;
    while (here - first < most) {
        if (VirtualQuery((void *)here, &is, sizeof is) != sizeof is || is.State != MEM_COMMIT || (is.Protect & (PAGE_GUARD | PAGE_NOACCESS)) ||
            !(is.Protect & (write ? writes : reads)))
            break;
        uintptr_t next = (uintptr_t)is.BaseAddress + is.RegionSize;
        if (next <= here)
            return most; /* the last byte there is */
        here = next;
    }
    return here - first < most ? here - first : most;
}

size_t peek(host *h, void *to, const void *from, size_t n)
{
    (void)h;
    n = touchable(from, n, false);
    memcpy(to, from, n);
    return n;
}

size_t poke(host *h, void *to, const void *from, size_t n)
{
    (void)h;
    n = touchable(to, n, true);
    memcpy(to, from, n);
    return n;
}

size_t writable(host *h, void *at, size_t most)
{
    (void)h;
    return touchable(at, most, true);
}

uint64_t now_ms(void) { return GetTickCount64(); }

uint64_t wall_ms(void)
{
    FILETIME t;
    GetSystemTimeAsFileTime(&t); /* tenths of a microsecond since 1601 */
    return (((uint64_t)t.dwHighDateTime << 32 | t.dwLowDateTime) - 116444736000000000ull) / 10000;
}

BOOLEAN NTAPI SystemFunction036(PVOID to, ULONG n); /* RtlGenRandom */

bool random_bytes(void *to, size_t n) { return SystemFunction036(to, (ULONG)n); }

uint32_t thread_id(void) { return GetCurrentThreadId(); }

bool thread_lives(uint32_t id)
{
    HANDLE thread = OpenThread(SYNCHRONIZE | THREAD_QUERY_LIMITED_INFORMATION, FALSE, id);
    if (thread == NULL)
        return false;
    bool lives = GetProcessIdOfThread(thread) == GetCurrentProcessId() && WaitForSingleObject(thread, 0) == WAIT_TIMEOUT;
    CloseHandle(thread);
    return lives;
}

/* ---- windows ---- */

static BOOL CALLBACK stop_at_first(HWND window, LPARAM found)
{
    (void)window;
    *(bool *)found = true;
    return FALSE;
}

static bool has_windows(void)
{
    bool found = false;
    EnumThreadWindows(GetCurrentThreadId(), stop_at_first, (LPARAM)&found);
    return found;
}

static bool is_ours(HWND window)
{
    DWORD process = 0;
    GetWindowThreadProcessId(window, &process);
    return process == GetCurrentProcessId();
}

uint64_t host_window(void)
{
    HWND window = GetActiveWindow();
    if (window == NULL && (window = GetForegroundWindow()) != NULL && !is_ours(window))
        window = NULL;
    return (uintptr_t)window;
}

/* next_message takes the next message in a range out of the thread's queue. The end of
 * the program comes in every range, and is put back when the call ends. */
static bool next_message(host *h, MSG *m, UINT first, UINT last)
{
    while (PeekMessageW(m, NULL, first, last, PM_REMOVE)) {
        if (m->message != WM_QUIT)
            return true;
        h->quit = true;
        h->quit_code = (int)m->wParam;
    }
    return false;
}

/* paint lets the thread's windows paint and its timers run. Input is dropped: what
 * a person does to a host that waits is meant for nothing. */
static void paint(host *h)
{
    enum { at_once = 64 }; /* a window may never be content with how it looks */
    static const UINT input[][2] = {{WM_KEYFIRST, WM_KEYLAST}, {WM_MOUSEFIRST, WM_MOUSELAST}, {WM_NCMOUSEMOVE, WM_NCXBUTTONDBLCLK}};
    static const UINT shown[][2] = {{WM_PAINT, WM_PAINT}, {WM_TIMER, WM_TIMER}, {WM_NCPAINT, WM_NCPAINT}, {WM_ERASEBKGND, WM_ERASEBKGND}};
    MSG m;
    for (size_t i = 0; i < sizeof input / sizeof input[0]; i++)
        while (next_message(h, &m, input[i][0], input[i][1])) {
        }
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        for (int n = 0; n < at_once && next_message(h, &m, shown[i][0], shown[i][1]); n++)
            DispatchMessageW(&m);
}

/* wait_for waits for an object, and keeps the host's windows alive meanwhile; for
 * a time where there is none. */
static outcome wait_for(host *h, HANDLE object, uint64_t until)
{
    enum { look_ms = 200 };
    bool painting = h->painting && has_windows();
    for (;;) {
        uint64_t now = now_ms();
        DWORD left = now >= until ? 0 : until - now > look_ms ? look_ms : (DWORD)(until - now), got;
        if (painting) {
            paint(h);
            got = MsgWaitForMultipleObjectsEx(object != NULL, &object, left, QS_PAINT | QS_TIMER | QS_SENDMESSAGE | QS_INPUT, 0);
        } else if (object != NULL) {
            got = WaitForSingleObject(object, left);
        } else {
            Sleep(left);
            got = WAIT_TIMEOUT;
        }
        if (got == WAIT_OBJECT_0 && object != NULL)
            return done;
        if (got == WAIT_FAILED)
            return nobody;
        if (now >= until)
            return late;
    }
}

void host_pause(host *h, uint64_t ms) { (void)wait_for(h, NULL, now_ms() + ms); }

/* ---- with the owner ---- */

/* find reads where an owner listens, and the secret that shows that one may read
 * the file. */
static bool find(host *h, connection *l, const char *address, uint32_t *port)
{
    char content[512];
    text place = {content, content}, value, inside;
    place.end += file_read(h, address, content, sizeof content);
    return json_object(place, UTF8) && json_field(place, UTF8, "port", &value) && json_number(value, port) && *port > 0 && *port < 65536 &&
           json_field(place, UTF8, "secret", &value) && json_string(value, &inside) &&
           base64_decode(inside, l->secret, sizeof l->secret, &l->secret_size) && l->secret_size == 32;
}

static outcome wait_event(host *h, connection *l, uint64_t until)
{
    outcome o = wait_for(h, l->event, until);
    ResetEvent(l->event);
    return o;
}

static outcome reached(host *h, connection *l, uint32_t port, uint64_t until)
{
    struct sockaddr_in to = {0};
    WSANETWORKEVENTS seen;
    to.sin_family = AF_INET;
    to.sin_port = (u_short)(port << 8 | port >> 8);
    to.sin_addr.s_addr = 0x0100007f; /* 127.0.0.1 */
    if (WSAEventSelect(l->socket, l->event, FD_CONNECT | FD_READ | FD_WRITE | FD_CLOSE) != 0)
        return nobody;
    if (connect(l->socket, (struct sockaddr *)&to, sizeof to) == 0)
        return done;
    if (WSAGetLastError() != WSAEWOULDBLOCK)
        return nobody;
    outcome o = wait_for(h, l->event, until);
    if (o != done)
        return o;
    bool in = WSAEnumNetworkEvents(l->socket, l->event, &seen) == 0 && (seen.lNetworkEvents & FD_CONNECT) && seen.iErrorCode[FD_CONNECT_BIT] == 0;
    return in ? done : nobody;
}

outcome link_open(host *h, connection *l, const char *address, uint64_t until)
{
    WSADATA data;
    uint32_t port;
    if (!find(h, l, address, &port) || WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return nobody;
    outcome o = nobody;
    l->event = CreateEventW(NULL, TRUE, FALSE, NULL);
    l->socket = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (l->event != NULL && l->socket != INVALID_SOCKET) {
        const char at_once = 1;
        SetHandleInformation((HANDLE)l->socket, HANDLE_FLAG_INHERIT, 0);
        setsockopt(l->socket, IPPROTO_TCP, 1 /* TCP_NODELAY */, &at_once, sizeof at_once);
        o = reached(h, l, port, until);
    }
    if (o != done)
        link_close(l);
    return o;
}

outcome link_send(host *h, connection *l, const char *data, size_t n, uint64_t until)
{
    while (n > 0) {
        int sent = send(l->socket, data, (int)n, 0);
        if (sent > 0) {
            data += sent;
            n -= (size_t)sent;
            continue;
        }
        if (WSAGetLastError() != WSAEWOULDBLOCK)
            return nobody;
        outcome o = wait_event(h, l, until);
        if (o != done)
            return o;
    }
    return done;
}

outcome link_receive(host *h, connection *l, char *to, size_t room, size_t *n, uint64_t until)
{
    for (;;) {
        int got = recv(l->socket, to, (int)room, 0);
        if (got > 0) {
            *n = (size_t)got;
            return done;
        }
        if (got == 0 || WSAGetLastError() != WSAEWOULDBLOCK)
            return nobody;
        outcome o = wait_event(h, l, until);
        if (o != done)
            return o;
    }
}

void link_close(connection *l)
{
    if (l->socket != INVALID_SOCKET)
        closesocket(l->socket);
    if (l->event != NULL)
        CloseHandle(l->event);
    WSACleanup();
}

void host_front(host *h)
{
    HWND front = GetForegroundWindow();
    h->foreground = front != NULL && is_ours(front) ? front : NULL;
    h->focus = GetFocus();
    AllowSetForegroundWindow(ASFW_ANY); /* which process listens at a port is not to be had here */
}

void host_back(host *h)
{
    if (h->foreground != NULL && h->foreground != GetForegroundWindow() && IsWindow(h->foreground))
        SetForegroundWindow(h->foreground);
    if (h->focus != NULL && h->focus != GetFocus() && IsWindow(h->focus))
        SetFocus(h->focus);
}

/* ---- starting the program ---- */

/* launch starts a program that has nothing of the host's but these two handles. */
static bool launch(const WCHAR *path, WCHAR *line, const WCHAR *folder, HANDLE out, HANDLE nothing, HANDLE *process)
{
    STARTUPINFOEXW start;
    PROCESS_INFORMATION made;
    HANDLE both[2] = {out, nothing};
    union {
        char room[256];
        void *aligned;
    } list;
    SIZE_T size = sizeof list;
    memset(&start, 0, sizeof start);
    start.StartupInfo.cb = sizeof start;
    start.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
    start.StartupInfo.hStdInput = start.StartupInfo.hStdError = nothing;
    start.StartupInfo.hStdOutput = out;
    start.lpAttributeList = (LPPROC_THREAD_ATTRIBUTE_LIST)list.room;
    if (!InitializeProcThreadAttributeList(start.lpAttributeList, 1, 0, &size))
        return false;
    const DWORD how = CREATE_NO_WINDOW | EXTENDED_STARTUPINFO_PRESENT | CREATE_DEFAULT_ERROR_MODE;
    bool started = UpdateProcThreadAttribute(start.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, both, sizeof both, NULL, NULL) &&
                   (CreateProcessW(path, line, NULL, NULL, TRUE, how | CREATE_BREAKAWAY_FROM_JOB, NULL, folder, &start.StartupInfo, &made) ||
                    CreateProcessW(path, line, NULL, NULL, TRUE, how, NULL, folder, &start.StartupInfo, &made));
    DeleteProcThreadAttributeList(start.lpAttributeList);
    if (!started)
        return false;
    CloseHandle(made.hThread);
    *process = made.hProcess;
    return true;
}

/* listen_to reads what comes through a pipe until its other end is closed. Its
 * process may go before: who took it over holds the end, and says nothing. */
static void listen_to(host *h, HANDLE pipe, HANDLE process, char *out, size_t room, size_t *n, uint64_t until)
{
    enum { look_ms = 20 };
    for (;;) {
        DWORD there = 0, got = 0;
        bool ended = WaitForSingleObject(process, 0) == WAIT_OBJECT_0;
        if (!PeekNamedPipe(pipe, NULL, 0, NULL, &there, NULL))
            return;
        if (there > room - *n)
            there = (DWORD)(room - *n);
        if (there > 0) {
            if (!ReadFile(pipe, out + *n, there, &got, NULL))
                return;
            *n += got;
            continue;
        }
        if (ended || *n == room || now_ms() >= until)
            return;
        (void)wait_for(h, process, now_ms() + look_ms);
    }
}

/* command_line is a program's, as Windows hands it over: in one text. */
static WCHAR *command_line(host *h, const WCHAR *program, const WCHAR *config)
{
    return joined(h, (const WCHAR *const[5]){L"\"", program, config == NULL ? L"\" agent --background" : L"\" agent --background --config \"", config, L"\""});
}

bool program_run(host *h, const char *path, const char *config, char *out, size_t room, size_t *n, uint64_t until)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    HANDLE from, to, process;
    const char *in = path_folder(h, path);
    const WCHAR *program = wide(h, path), *folder = in == NULL ? NULL : wide(h, in), *named = config == NULL ? NULL : wide(h, config);
    *n = 0;
    if (program == NULL || folder == NULL || (config != NULL && named == NULL))
        return false;
    WCHAR *line = command_line(h, program, named);
    if (line == NULL || !CreatePipe(&from, &to, &inherited, 0))
        return false;
    SetHandleInformation(from, HANDLE_FLAG_INHERIT, 0);
    HANDLE nothing = CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited, OPEN_EXISTING, 0, NULL);
    bool started = nothing != INVALID_HANDLE_VALUE && launch(program, line, folder, to, nothing, &process);
    CloseHandle(to);
    if (nothing != INVALID_HANDLE_VALUE)
        CloseHandle(nothing);
    if (started) {
        listen_to(h, from, process, out, room, n, until);
        CloseHandle(process);
    }
    CloseHandle(from);
    return *n > 0;
}
