/* Put before the helper's windows.c it has that find Windows as it was up to 7, for tests: a process that
 * is in a job can't be put into another. */
#define WIN32_LEAN_AND_MEAN
#define _WIN32_WINNT 0x0601
#include <windows.h>

static inline BOOL assign_as_windows_7(HANDLE job, HANDLE process)
{
	BOOL within = FALSE;
	if (!IsProcessInJob(process, NULL, &within) || !within)
		return AssignProcessToJobObject(job, process);
	SetLastError(ERROR_ACCESS_DENIED);
	return FALSE;
}
#define AssignProcessToJobObject assign_as_windows_7
