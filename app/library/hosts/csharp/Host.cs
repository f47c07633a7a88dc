// Plays a caller of OneTrans in C#. What it is told and what it says is described in
// ../README.md. It hands over bytes: a StringBuilder is UTF-8 on Linux.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;

static class Host
{
    [UnmanagedFunctionPointer(CallingConvention.StdCall)]
    delegate int Bytes(byte[] given, byte[] answer);

    // 'extern long', as many declare it who have it from C, where it has 32 bits.
    [UnmanagedFunctionPointer(CallingConvention.StdCall)]
    delegate long LongBytes(byte[] given, byte[] answer);

    [DllImport("libdl.so.2", EntryPoint = "dlopen")]
    static extern IntPtr Open(string path, int flags);

    [DllImport("libdl.so.2", EntryPoint = "dlsym")]
    static extern IntPtr Find(IntPtr library, string symbol);

    static readonly Dictionary<string, string> told = new Dictionary<string, string> {
        { "symbol", "OneTrans" }, { "returns", "32" }, { "buffer", "8192" }, { "fill", "zero" }, { "threads", "1" },
    };

    static IntPtr function;

    static void Main(string[] words)
    {
        foreach (string word in words) {
            string[] parts = word.Split(new[] { '=' }, 2);
            told[parts[0]] = parts[1];
        }
        const int now = 2;
        IntPtr library = Open(told["library"], now);
        function = library == IntPtr.Zero ? library : Find(library, told["symbol"]);
        if (function == IntPtr.Zero)
            throw new DllNotFoundException(told["library"]);
        var queues = new BlockingCollection<string[]>[int.Parse(told["threads"])];
        for (int i = 0; i < queues.Length; i++) {
            var queue = queues[i] = new BlockingCollection<string[]>();
            new Thread(() => { foreach (var call in queue.GetConsumingEnumerable()) Play(call[0], FromHex(call[2])); }).Start();
        }
        Say("ready");
        for (string line; (line = Console.In.ReadLine()) != null; ) {
            string[] call = line.Split(' ');
            queues[int.Parse(call[1])].Add(call);
        }
        foreach (var queue in queues)
            queue.CompleteAdding();
    }

    static void Play(string name, byte[] data)
    {
        byte filling = (byte)(told["fill"] == "spaces" ? ' ' : told["fill"] == "garbage" ? 0xaa : 0);
        byte[] given = new byte[data.Length + 1], answer = new byte[int.Parse(told["buffer"])];
        data.CopyTo(given, 0);
        for (int i = 0; i < answer.Length; i++)
            answer[i] = filling;
        string before = State();
        long returned = told["returns"] == "64" ? Marshal.GetDelegateForFunctionPointer<LongBytes>(function)(given, answer)
            : Marshal.GetDelegateForFunctionPointer<Bytes>(function)(given, answer);
        int used = answer.Length;
        while (used > 0 && answer[used - 1] == filling)
            used--;
        Say(name + " " + returned + " " + ToHex(answer, used) + " " + before + " " + State());
    }

    static string State()
    {
        return "handles=" + Directory.GetFiles("/proc/self/fd").Length + ",folder=" + ToHex(Encoding.UTF8.GetBytes(Environment.CurrentDirectory), -1);
    }

    static void Say(string line)
    {
        lock (told) {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }

    static string ToHex(byte[] of, int size)
    {
        var text = new StringBuilder(size == 0 ? "-" : "");
        for (int i = 0; i < (size < 0 ? of.Length : size); i++)
            text.Append(of[i].ToString("x2"));
        return text.ToString();
    }

    static byte[] FromHex(string hex)
    {
        var data = new byte[hex.Length / 2];
        for (int i = 0; i < data.Length; i++)
            data[i] = Convert.ToByte(hex.Substring(2 * i, 2), 16);
        return data;
    }
}
