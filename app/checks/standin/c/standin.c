/*
 * A stand-in for another vendor's library: it hands what it is given to the bank of the
 * test, over loopback, and misbehaves as it is told. Both are said in files of its folder,
 * which has to be the current directory: 'bank' holds a port, and each call takes the first
 * line of 'behave'.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <winsock2.h>
#include <windows.h>
#define EXPORT __declspec(dllexport)
#define CONVENTION __stdcall
typedef SOCKET socket_t;
#define rest(s) Sleep((s) * 1000)
#define hang_up closesocket
#else
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#define EXPORT __attribute__((visibility("default")))
#define CONVENTION
typedef int socket_t;
#define rest(s) sleep(s)
#define hang_up close
#endif

#define SIZE 8192

static void behave(char *how, size_t size)
{
	static char kept[4096];
	FILE *f = fopen("behave", "rb");
	size_t n;
	how[0] = '\0';
	if (f == NULL)
		return;
	if (fgets(how, (int)size, f) == NULL)
		how[0] = '\0';
	how[strcspn(how, "\r\n")] = '\0';
	n = fread(kept, 1, sizeof kept, f);
	fclose(f);
	f = fopen("behave", "wb");
	if (f != NULL) {
		fwrite(kept, 1, n, f);
		fclose(f);
	}
}

/* The bank's answer in out: how the library was told to behave is the first line. */
static int ask(const char *how, const char *in, char *out)
{
	struct sockaddr_in there;
	socket_t s;
	int port = 0, n, got = 0;
	FILE *f = fopen("bank", "rb");
#ifdef _WIN32
	WSADATA data;
	WSAStartup(MAKEWORD(2, 2), &data);
#endif
	if (f == NULL || fscanf(f, "%d", &port) != 1)
		return -1;
	fclose(f);
	memset(&there, 0, sizeof there);
	there.sin_family = AF_INET;
	there.sin_port = htons((unsigned short)port);
	there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(s, (struct sockaddr *)&there, sizeof there) != 0)
		return -1;
	send(s, how, (int)strlen(how), 0);
	send(s, "\n", 1, 0);
	send(s, in, (int)strlen(in) + 1, 0);
	while (got < SIZE - 1 && (n = (int)recv(s, out + got, SIZE - 1 - got, 0)) > 0)
		got += n;
	hang_up(s);
	out[got] = '\0';
	return 0;
}

static void start_child(int daemon)
{
#ifdef _WIN32
	STARTUPINFOA start;
	PROCESS_INFORMATION process;
	char alone[] = "ping -n 300 127.0.0.1", between[] = "cmd /c ping -n 300 127.0.0.1";
	memset(&start, 0, sizeof start);
	start.cb = sizeof start;
	CreateProcessA(NULL, daemon ? between : alone, NULL, NULL, FALSE, CREATE_NO_WINDOW, NULL, NULL, &start, &process);
#else
	if (fork() == 0) {
		if (daemon) {
			setsid();
			if (fork() != 0)
				_exit(0);
		}
		execlp("sleep", "sleep", "300", (char *)NULL);
		_exit(1);
	}
#endif
}

/* A child that ends as the process itself would, and one that crashes. */
static void split(void)
{
#ifndef _WIN32
	for (int crashes = 0; crashes < 2; crashes++) {
		pid_t child = fork();
		if (child == 0 && crashes)
			abort();
		if (child == 0)
			exit(0);
		waitpid(child, NULL, 0);
	}
#endif
}

static void open_window(void)
{
#ifdef _WIN32
	CreateWindowA("STATIC", "left", WS_OVERLAPPEDWINDOW | WS_VISIBLE, 0, 0, 200, 100, NULL, NULL, NULL, NULL);
#endif
}

static int is(const char *how, const char *word) { return strcmp(how, word) == 0; }

static void crash(void)
{
	volatile int *nowhere = NULL;
	*nowhere = 1;
}

/* What is done before the bank is asked, and so before anything is sent. */
static void before(const char *how, char *in)
{
	volatile char touched;
	if (is(how, "crash before"))
		crash();
	if (is(how, "hang before"))
		rest(600);
	if (is(how, "overread"))
		touched = in[strlen(in) + 1];
	(void)touched;
}

/* What is done when the bank has carried it out. */
static int after(const char *how, char *out)
{
	if (is(how, "crash"))
		crash();
	if (is(how, "abort"))
		abort();
	if (is(how, "exit"))
		exit(7);
	if (is(how, "end"))
#ifdef _WIN32
		TerminateProcess(GetCurrentProcess(), 7);
#else
		kill(getpid(), SIGKILL);
#endif
	if (is(how, "hang"))
		rest(600);
	if (is(how, "slow"))
		rest(2);
	if (is(how, "one more"))
		memset(out, ' ', SIZE + 1);
	if (is(how, "9000 more"))
		memset(out, ' ', SIZE + 9000);
	if (is(how, "no end"))
		memset(out + strlen(out), ' ', SIZE - strlen(out));
	if (is(how, "directory"))
#ifdef _WIN32
		SetCurrentDirectoryA("C:\\");
#else
		return chdir("/");
#endif
	if (is(how, "child"))
		start_child(0);
	if (is(how, "daemon"))
		start_child(1);
	if (is(how, "split"))
		split();
	if (is(how, "window"))
		open_window();
	if (is(how, "noise")) {
		printf("done 1 0 - e30=\n");
		fflush(stdout);
	}
	return is(how, "return 5") ? 5 : 0;
}

EXPORT int CONVENTION OneTrans(char *in, char *out)
{
	char how[64];
	behave(how, sizeof how);
	before(how, in);
	if (ask(how, in, out) != 0)
		strcpy(out, "{\"code\":\"999999\"}");
	return after(how, out);
}
