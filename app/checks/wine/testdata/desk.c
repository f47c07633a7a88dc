/* A HIS at a counter: a window, from whose thread it calls the library, as most do; with
 * 'hangs' from another thread, while the window's takes no messages at all.
 *   desk.exe LIBRARY REQUEST [hangs]
 * A thread of its own looks at the order of the windows and says what it sees. */
#include <windows.h>
#include <stdio.h>
#include <string.h>

typedef int(WINAPI *onetrans)(char *, char *);

static HWND desk, field, page;
static onetrans call;
static char in[8192], out[8192];

static BOOL CALLBACK find_page(HWND window, LPARAM unused)
{
    char class[64];
    (void)unused;
    if (IsWindowVisible(window) && GetClassNameA(window, class, sizeof class) && strncmp(class, "GLFW", 4) == 0 && !IsIconic(window)) {
        page = window;
        return FALSE;
    }
    return TRUE;
}

static int above(HWND one, HWND other)
{
    while ((other = GetWindow(other, GW_HWNDPREV)) != NULL)
        if (other == one)
            return 1;
    return 0;
}

/* raised puts the desk up, as Windows does with what is clicked, and says whether the page
 * is above it a little later. */
static int raised(HWND where)
{
    SetWindowPos(desk, where, 0, 0, 0, 0, SWP_NOMOVE | SWP_NOSIZE);
    Sleep(1000);
    return above(page, desk);
}

/* holds waits until something is so, for ten seconds. */
#define HOLDS(what, condition)                             \
    do {                                                   \
        DWORD end = GetTickCount() + 10000;                \
        int so;                                            \
        while (!(so = (condition)) && GetTickCount() < end) \
            Sleep(100);                                    \
        printf("%s: %s\n", what, so ? "yes" : "no");       \
        fflush(stdout);                                    \
    } while (0)

/* takes_click clicks a window, and says whether it has the focus by that. The display may
 * give the page the focus once more after the first: it was shown a moment ago. */
static int takes_click(HWND window)
{
    RECT r;
    GetWindowRect(window, &r);
    SetCursorPos(r.left + 40, r.bottom - 40);
    mouse_event(MOUSEEVENTF_LEFTDOWN, 0, 0, 0, 0);
    mouse_event(MOUSEEVENTF_LEFTUP, 0, 0, 0, 0);
    Sleep(200);
    return GetForegroundWindow() == window;
}

static DWORD WINAPI looks(void *hangs)
{
    HOLDS("a page", (EnumWindows(find_page, 0), page != NULL));
    HOLDS("page above", above(page, desk));
    HOLDS("page has the focus", GetForegroundWindow() == page);
    if (!hangs) {
        HOLDS("desk has the focus", takes_click(desk));
        HOLDS("page above a desk that was clicked", raised(HWND_TOP));
        HOLDS("page above a desk that is above all", raised(HWND_TOPMOST));
        SetForegroundWindow(page);
        HOLDS("page has the focus again", GetForegroundWindow() == page);
    }
    PostMessageA(page, WM_CLOSE, 0, 0);
    HOLDS("page gone", !IsWindowVisible(page));
    return 0;
}

static DWORD WINAPI calls(void *unused)
{
    (void)unused;
    printf("status %d\n", call(in, out));
    fflush(stdout);
    return 0;
}

int main(int n, char **words)
{
    FILE *f = fopen(words[2], "rb");
    DWORD thread;
    HANDLE looking, calling;
    void *hangs = n > 3 ? words : NULL;
    if (f == NULL || fread(in, 1, sizeof in - 1, f) == 0)
        return 2;
    fclose(f);
    if ((call = (onetrans)(void *)GetProcAddress(LoadLibraryA(words[1]), "OneTrans")) == NULL)
        return 3;
    desk = CreateWindowA("#32770", "desk", WS_OVERLAPPEDWINDOW | WS_VISIBLE, 0, 0, 1200, 1500, NULL, NULL, NULL, NULL);
    field = CreateWindowA("EDIT", "", WS_CHILD | WS_VISIBLE, 10, 10, 200, 30, desk, NULL, NULL, NULL);
    SetForegroundWindow(desk);
    SetFocus(field);
    looking = CreateThread(NULL, 0, looks, hangs, 0, &thread);
    if (hangs) {
        calling = CreateThread(NULL, 0, calls, NULL, 0, &thread);
        WaitForSingleObject(calling, 60000);
        WaitForSingleObject(looking, 60000);
        return 0;
    }
    calls(NULL);
    WaitForSingleObject(looking, 60000);
    printf("desk has its focus back: %s\n", GetForegroundWindow() == desk && GetFocus() == field ? "yes" : "no");
    return 0;
}
