/* Gives the library requests, answers, settings and a program's words that were made
 * of good ones by accident, and sees that each ends in an answer or a return and
 * that nothing is handed over twice. Told a seed and how many; an error names the one it was. */
#include "../../c/onetrans.c"

#include <stdio.h>
#include <stdlib.h>

static uint64_t state;

static uint32_t chance(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % below;
}

static uint64_t number_of_run;

#define must(holds) \
    do \
        if (!(holds)) { \
            printf("run %llu: not so: %s\n", (unsigned long long)number_of_run, #holds); \
            exit(1); \
        } \
    while (0)

/* ---- what is made worse ---- */

static const char *const requests[] = {
    "{\"msgid\":\"M1\",\"trans_type\":\"hop.trade.recharge\",\"data\":{\"outChargeNo\":\"C1\",\"userName\":\"\xc5\xb7\xd1\xf4\xce\xc4\xab\\\"}}",
    "{\"msgid\":\"M1\",\"trans_type\":\"hop.trade.refund\",\"data\":\"{\\\"outRefundNo\\\":\\\"R1\\\",\\\"n\\\":\\\"\\\\u4336\\\"}\"}",
    "{\"msgid\":\"M1\",\"trans_type\":\"hop.trade.query\",\"data\":{\"tradeType\":\"hop.trade.refund\",\"outTradeNo\":1.5e3}}",
    "{\"msgid\":\"M1\",\"trans_type\":\"fsi.outpatient.charge\",\"data\":\"{\\\"extra\\\":\\\"{\\\\\\\"outSettleNo\\\\\\\":\\\\\\\"S1\\\\\\\"}\\\"}\"}",
    " { \"data\" : { \"setl_id\" : \"\\u0053\\uD840\\uDC0B\" , \"a\" : [ [ ] , { } , true , null , -0.5E+7 ] } ,\r\n\t\"trans_type\":\"chs.common.outpatient.settle.cancel\"}",
    "{\"trans_type\":\"hos.user.get\",\"data\":{\"name\":\"\x81\x30\x81\x30\xfe\x50\"}}",
};

static const char *const replies[] = {
    "{\"code\":\"000000\",\"err_msg\":\"\xb3\xc9\xb9\xa6\",\"data\":{\"result\":\"succ\"}}",
    "{\"code\":\"600003\",\"err_msg\":\"\xc8\xeb\xb2\xce\",\"data\":{}}",
    "{\"code\":\"600008\",\"data\":{\"result\":\"ing\",\"outChargeNo\":\"C1\"}}",
};

static const char *const lines[] = {
    "{\"onetrans\":4,\"address\":\"/tmp/a\\\\b\\u00e9/s\"}", "{\"out\":\"eyJjb2RlIjoiNjAwMDExIn0=\"}", "{\"away\":true}", "{\"away\":false,\"out\":\"\"}", "", "x",
    "{\"onetrans\":3,\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAA==\",\"proof\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}",
};

static const char settings[] = "longest_s = 5\r\npaint=no\nlog = calls.log\n# \n";

static const char *const pieces[] = {"\"", "\\", "{", "}", "[", "]", ",", ":", "\\u", "\\ud800", "\\\"", "\x81", "\xfe", "\x30", "\x81\x30\x81\x30", "\xff", "\x80", "null",
                                     "\"data\":", "\"trans_type\":", "\"code\":", "\"out\":\"", "1e", "-", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "\n", "\r\n", "="};

#define count(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

enum { most = 4096 };

/* worsened is a text after some accidents, in memory of exactly its length. */
static char *worsened(const char *good, size_t *n)
{
    static char buffer[most];
    size_t length = strlen(good);
    memcpy(buffer, good, length);
    for (uint32_t accidents = chance(5); accidents > 0; accidents--) {
        size_t at = chance((uint32_t)length + 1);
        const char *piece = pieces[chance(count(pieces))];
        size_t size = strlen(piece);
        switch (chance(6)) {
        case 0:
            if (at < length)
                buffer[at] = (char)chance(256);
            break;
        case 1:
            length = at;
            break;
        case 2:
            if (at < length) {
                memmove(buffer + at, buffer + at + 1, length - at - 1);
                length--;
            }
            break;
        case 3:
            size = chance((uint32_t)(length - at) + 1);
            piece = buffer + at;
            if (length + size < most) {
                memmove(buffer + at + size, buffer + at, length - at);
                length += size;
            }
            break;
        default:
            if (length + size < most) {
                memmove(buffer + at + size, buffer + at, length - at);
                memcpy(buffer + at, piece, size);
                length += size;
            }
        }
    }
    char *made = malloc(length + 1);
    memcpy(made, buffer, length);
    made[length] = 0;
    *n = length;
    return realloc(made, length + 1);
}

/* ---- a system that is made up ---- */

static struct {
    char *request, *out;
    size_t request_size, room; /* request_size without the NUL, which is there */
    uint64_t ms;
    char *incoming; /* what the owner still says */
    size_t at, incoming_size;
    int handovers, aways;
    bool welcomed;
} world;

enum { first_small = 3 };
static void *pieces_taken[64];
static size_t taken;

static size_t overlap(const void *at, size_t n, const char *first, size_t size)
{
    const char *c = at;
    if (first == NULL || c < first || c >= first + size)
        return 0;
    size_t left = (size_t)(first + size - c);
    return n < left ? n : left;
}

size_t peek(host *h, void *to, const void *from, size_t n)
{
    (void)h;
    n = overlap(from, n, world.request, world.request_size + 1);
    memcpy(to, from, n);
    return n;
}

size_t poke(host *h, void *to, const void *from, size_t n)
{
    (void)h;
    n = overlap(to, n, world.out, world.room);
    memcpy(to, from, n);
    return n;
}

size_t writable(host *h, void *at, size_t n)
{
    (void)h;
    return overlap(at, n, world.out, world.room);
}

void host_enter(host *h, size_t memory)
{
    memset(h, 0, sizeof *h);
    h->memory_size = memory;
    taken = 0;
}
void host_leave(host *h)
{
    (void)h;
    while (taken > first_small)
        free(pieces_taken[--taken]);
}

/* memory_take gives each piece a place of its own, so that what goes beyond it is seen.
 * The first are large, and the same for each call: they are kept. */
void *memory_take(host *h, size_t n)
{
    must(taken < count(pieces_taken) && n <= h->memory_size);
    h->memory_size -= n;
    if (taken >= first_small || pieces_taken[taken] == NULL)
        pieces_taken[taken] = malloc(n);
    return pieces_taken[taken++];
}
uint64_t now_ms(void) { return world.ms += chance(40); }
uint64_t wall_ms(void) { return (uint64_t)chance(1u << 31) * 1000; }
bool random_bytes(void *to, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ((char *)to)[i] = (char)chance(256);
    return true;
}
uint32_t thread_id(void) { return 1; }
bool thread_lives(uint32_t id) { return id == 1; }
uint64_t host_window(void) { return chance(2); }
void host_front(host *h) { (void)h; }
void host_back(host *h) { (void)h; }
void host_pause(host *h, uint64_t ms)
{
    (void)h;
    world.ms += ms;
}

bool file_exists(host *h, const char *path) { return (void)h, strlen(path) < max_path && chance(2); }
size_t file_read(host *h, const char *path, char *to, size_t room)
{
    (void)h, (void)path;
    size_t n;
    char *made = worsened(settings, &n);
    n = n < room ? n : room;
    memcpy(to, made, n);
    free(made);
    return n;
}
void file_append(host *h, const char *path, const char *line, size_t n, uint64_t longest)
{
    (void)h, (void)longest;
    must(path[0] != 0 && n > 0 && line[n - 1] == '\n' && memchr(line, '\n', n) == line + n - 1);
}
static char *some_path(host *h, const char *path) { return memcpy(memory_take(h, strlen(path) + 1), path, strlen(path) + 1); }
char *find_folder(host *h) { return some_path(h, "/there/"); }
char *path_folder(host *h, const char *path) { return (void)path, some_path(h, "/there/"); }
bool path_absolute(const char *path) { return path[0] == '/'; }
char *configured_path(host *h) { return chance(2) ? some_path(h, chance(2) ? "/c" : "cc") : NULL; }

static void comes(char *text, size_t n)
{
    free(world.incoming);
    world.incoming = text;
    world.incoming_size = n;
    world.at = 0;
}

bool program_run(host *h, const char *path, const char *config, char *out, size_t room, size_t *n, uint64_t until)
{
    (void)h, (void)path, (void)config, (void)until;
    size_t size;
    char *made = worsened(lines[chance(3) ? 0 : chance(count(lines))], &size);
    *n = size < room ? size : room;
    memcpy(out, made, *n);
    free(made);
    return *n > 0;
}

outcome link_open(host *h, connection *l, const char *where, uint64_t until)
{
    (void)h, (void)until;
    must(strlen(where) < max_path);
    memset(l, 0, sizeof *l);
    world.welcomed = false;
    return chance(8) ? done : chance(2) ? late : nobody;
}
void link_close(connection *l) { (void)l; }

static void welcomes(const char *said, size_t n)
{
    static const char side[] = "onetrans socket owner ";
    text value, inside, greeting = {said, said + n};
    unsigned char nonce[nonce_size], mac[proof_size];
    size_t size;
    must(json_object(greeting, UTF8) && json_field(greeting, UTF8, "nonce", &value) && json_string(value, &inside));
    must(base64_decode(inside, nonce, sizeof nonce, &size) && size == sizeof nonce);
    hmac_sha256(mac, NULL, 0, side, sizeof side - 1, nonce, sizeof nonce);
    char *made = malloc(512);
    writer w = {made, made + 512, false};
    put_string(&w, "{\"onetrans\":");
    put_number(&w, chance(16) ? 2 + chance(3) : chance(7), 1);
    put_string(&w, ",\"nonce\":\"");
    put_base64(&w, nonce, sizeof nonce);
    put_string(&w, "\",\"proof\":\"");
    put_base64(&w, mac, sizeof mac);
    put_string(&w, "\"}");
    *w.at = 0;
    if (chance(8)) {
        *w.at++ = '\n';
        comes(made, (size_t)(w.at - made));
        return;
    }
    char *worse = worsened(made, &size);
    free(made);
    worse[size] = '\n'; /* in the place of its NUL */
    comes(worse, size + 1);
}

/* replied is what an owner says to a call. */
static void replies_to(const char *said, size_t n)
{
    text line = {said, said + n}, made_up, value, inside;
    must(n > 1 && said[n - 1] == '\n' && json_object(line, UTF8) && json_field(line, UTF8, "call", &made_up) && json_field(made_up, UTF8, "in", &value) &&
         json_string(value, &inside));
    must((size_t)(inside.end - inside.at) == (strlen(world.request) + 2) / 3 * 4);
    world.handovers++;
    must(world.handovers <= world.aways + 1);
    size_t size;
    char *reply = worsened(replies[chance(count(replies))], &size), *made;
    made = malloc(size * 2 + 64);
    writer w = {made, made + size * 2 + 64, false};
    if (chance(4) == 0) {
        free(made);
        made = worsened(lines[chance(count(lines))], &size);
        if (size >= 13 && strstr(made, "\"away\":true") != NULL)
            world.aways++; /* it may be */
        made[size] = '\n';
        comes(made, size + 1);
    } else {
        put_string(&w, "{\"out\":\"");
        put_base64(&w, reply, size);
        put_string(&w, "\",\"exit\":0}\n");
        comes(made, (size_t)(w.at - made));
    }
    free(reply);
}

outcome link_send(host *h, connection *l, const char *data, size_t n, uint64_t until)
{
    (void)h, (void)l, (void)until;
    if (chance(32) == 0)
        return chance(2) ? late : nobody;
    if (world.welcomed)
        replies_to(data, n);
    else
        welcomes(data, n);
    world.welcomed = true;
    return done;
}

outcome link_receive(host *h, connection *l, char *to, size_t room, size_t *n, uint64_t until)
{
    (void)h, (void)l, (void)until;
    size_t left = world.incoming_size - world.at;
    if (left == 0 || room == 0)
        return chance(2) ? nobody : late;
    if (chance(8) == 0) {
        *to = '\n';
        *n = 1;
        return done;
    }
    *n = chance(4) ? left : 1 + chance((uint32_t)left);
    if (*n > room)
        *n = room;
    memcpy(to, world.incoming + world.at, *n);
    world.at += *n;
    return done;
}

/* ---- a run ---- */

/* reads_alone gives one text to all that reads texts. */
static void reads_alone(const char *good)
{
    static const char *const names[] = {"data", "trans_type", "code", "a", ""};
    size_t n, size;
    char *made = worsened(good, &n);
    for (int e = UTF8; e <= GBK; e++) {
        text t = {made, made + n}, value, inside;
        bool object = json_object(t, (encoding)e);
        for (uint32_t i = 0; i < count(names); i++)
            if (json_field(t, (encoding)e, names[i], &value)) {
                must(value.at >= t.at && value.end <= t.end && value.at < value.end);
                if (json_string(value, &inside)) {
                    uint32_t ignored;
                    char *copy = malloc((size_t)(inside.end - inside.at) + 1), *end;
                    memcpy(copy, inside.at, (size_t)(inside.end - inside.at));
                    end = json_unescape(copy, copy + (inside.end - inside.at), (encoding)e);
                    must(end <= copy + (inside.end - inside.at));
                    (void)base64_decode(inside, copy, (size_t)(inside.end - inside.at), &size);
                    (void)json_number(inside, &ignored);
                    free(copy);
                }
            }
        (void)object;
    }
    (void)gbk_whole((text){made, made + n});
    free(made);
}

static void calls_once(void)
{
    size_t n, room = chance(8) ? 8192 : chance(200);
    world.request = worsened(requests[chance(count(requests))], &n);
    world.request_size = n;
    world.out = malloc(room + 1);
    world.room = room;
    world.handovers = world.aways = 0;
    world.ms = 0;
    if (chance(4) == 0)
        address[0] = 0;
    memset(world.out, 0x5a, room + 1);
    bool exact = chance(2);
    int status = exact ? OneTransEx(world.request, (int)(n + chance(2)), world.out, (int)room) : OneTrans(world.request, world.out);
    if (status == ONETRANS_ANSWERED) {
        const char *end = memchr(world.out, 0, room);
        must(end != NULL && is_answer((text){world.out, end}));
        for (end++; end < world.out + room; end++)
            must(*end == 0x5a);
    } else {
        must(room < least_out && status == ONETRANS_NOTHING_DONE);
        must(world.handovers == 0);
    }
    must(world.out[room] == 0x5a);
    free(world.request);
    free(world.out);
    comes(NULL, 0);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    uint64_t seed = strtoull(argv[1], NULL, 10), runs = strtoull(argv[2], NULL, 10);
    for (number_of_run = 0; number_of_run < runs; number_of_run++) {
        state = (seed + number_of_run) * 0x9e3779b97f4a7c15ull + 1;
        for (int i = 0; i < 4; i++)
            chance(2);
        switch (chance(4)) {
        case 0:
            reads_alone(requests[chance(count(requests))]);
            break;
        case 1:
            reads_alone(chance(2) ? replies[chance(count(replies))] : lines[chance(count(lines))]);
            break;
        default:
            calls_once();
        }
    }
    printf("%llu runs\n", (unsigned long long)runs);
    return 0;
}
