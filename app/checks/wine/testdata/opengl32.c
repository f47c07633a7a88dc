/* An OpenGL that draws nothing, and notes beside itself that a program has loaded it. */
#define NOGDI /* which declares as the system's what is written here */
#include <windows.h>
#include <wchar.h>

BOOL WINAPI DllMain(HINSTANCE self, DWORD why, void *unused)
{
    WCHAR path[MAX_PATH];
    (void)unused;
    if (why == DLL_PROCESS_ATTACH) {
        GetModuleFileNameW(self, path, MAX_PATH);
        wcscpy(wcsrchr(path, L'\\'), L"\\loaded");
        CloseHandle(CreateFileW(path, GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS, 0, NULL));
    }
    return TRUE;
}

__declspec(dllexport) HGLRC WINAPI wglCreateContext(HDC dc) { return dc == NULL ? (HGLRC)dc : NULL; }
__declspec(dllexport) BOOL WINAPI wglDeleteContext(HGLRC a) { return a == NULL; }
__declspec(dllexport) BOOL WINAPI wglMakeCurrent(HDC dc, HGLRC a) { return dc == NULL && a == NULL; }
__declspec(dllexport) BOOL WINAPI wglShareLists(HGLRC a, HGLRC b) { return a == NULL && b == NULL; }
__declspec(dllexport) PROC WINAPI wglGetProcAddress(const char *name) { return name == NULL ? (PROC)name : NULL; }
__declspec(dllexport) HDC WINAPI wglGetCurrentDC(void) { return NULL; }
__declspec(dllexport) HGLRC WINAPI wglGetCurrentContext(void) { return NULL; }
