"""Plays a caller of OneTrans in Python, by ctypes. What it is told and what it says
is described in ../README.md."""

import ctypes
import os
import queue
import sys
import threading

told = {"symbol": "OneTrans", "convention": "cdecl", "returns": "32", "buffer": "8192", "fill": "zero", "threads": "1"}
told.update(word.split("=", 1) for word in sys.argv[1:])

library = (ctypes.WinDLL if told["convention"] == "stdcall" else ctypes.CDLL)(told["library"], use_errno=True)
function = library[told["symbol"]]
function.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
function.restype = {"16": ctypes.c_int16, "32": ctypes.c_int32, "64": ctypes.c_int64}[told["returns"]]
size = int(told["buffer"])
filling = {"zero": b"\0", "spaces": b" ", "garbage": b"\xaa"}[told["fill"]]


def state(error):
    handles = len(os.listdir("/proc/self/fd"))
    return f"error={error},handles={handles},folder={os.getcwdb().hex()}"


def play(name, data):
    given = ctypes.create_string_buffer(data)
    out = ctypes.create_string_buffer(filling * size, size)
    before = state(1234)
    ctypes.set_errno(1234)
    returned = function(given, out)
    after = state(ctypes.get_errno())
    answer = out.raw.rstrip(filling)
    sys.stdout.write(f"{name} {returned} {answer.hex() or '-'} {before} {after}\n")
    sys.stdout.flush()


def run(jobs):
    while (job := jobs.get()) is not None:
        play(*job)


queues = [queue.Queue() for _ in range(int(told["threads"]))]
threads = [threading.Thread(target=run, args=(jobs,)) for jobs in queues]
for thread in threads:
    thread.start()
print("ready", flush=True)
for line in sys.stdin:
    name, thread, data = line.split()
    queues[int(thread)].put((name, bytes.fromhex(data)))
for jobs in queues:
    jobs.put(None)
