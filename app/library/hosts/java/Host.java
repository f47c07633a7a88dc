import com.sun.jna.Function;
import com.sun.jna.Memory;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Plays a caller of OneTrans in Java, by JNA. What it is told and what it says is
 * described in ../README.md.
 */
public final class Host {
    private static final Map<String, String> told = new HashMap<>(Map.of(
        "symbol", "OneTrans", "convention", "cdecl", "returns", "32", "buffer", "8192", "fill", "zero", "threads", "1"));

    public static void main(String[] words) throws Exception {
        for (String word : words) {
            String[] parts = word.split("=", 2);
            told.put(parts[0], parts[1]);
        }
        int convention = told.get("convention").equals("stdcall") ? Function.ALT_CONVENTION : Function.C_CONVENTION;
        Function oneTrans = Function.getFunction(told.get("library"), told.get("symbol"), convention);
        ExecutorService[] threads = new ExecutorService[Integer.parseInt(told.get("threads"))];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = Executors.newSingleThreadExecutor();
        }
        say("ready");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line; (line = in.readLine()) != null; ) {
            String[] call = line.split(" ");
            threads[Integer.parseInt(call[1])].execute(() -> play(oneTrans, call[0], bytes(call[2])));
        }
        for (ExecutorService thread : threads) {
            thread.shutdown();
        }
    }

    private static void play(Function oneTrans, String name, byte[] data) {
        int size = Integer.parseInt(told.get("buffer"));
        byte filling = (byte) (told.get("fill").equals("spaces") ? ' ' : told.get("fill").equals("garbage") ? 0xaa : 0);
        try (Memory in = new Memory(data.length + 1); Memory out = new Memory(size)) {
            in.write(0, data, 0, data.length);
            in.setByte(data.length, (byte) 0);
            out.setMemory(0, size, filling);
            String before = state();
            Object[] arguments = {in, out};
            long returned = told.get("returns").equals("64") ? oneTrans.invokeLong(arguments) : oneTrans.invokeInt(arguments);
            byte[] answer = out.getByteArray(0, size);
            int used = size;
            while (used > 0 && answer[used - 1] == filling) {
                used--;
            }
            say(name + " " + returned + " " + hex(answer, used) + " " + before + " " + state());
        }
    }

    private static String state() {
        String[] handles = new File("/proc/self/fd").list();
        return "handles=" + (handles == null ? 0 : handles.length);
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static String hex(byte[] of, int size) {
        StringBuilder text = new StringBuilder(size == 0 ? "-" : "");
        for (int i = 0; i < size; i++) {
            text.append(String.format("%02x", of[i]));
        }
        return text.toString();
    }

    private static byte[] bytes(String hex) {
        byte[] out = new byte[hex.length() / 2];
        for (int i = 0; i < out.length; i++) {
            out[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
        }
        return out;
    }
}
