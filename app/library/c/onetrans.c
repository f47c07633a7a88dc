/* The OneTrans interface: a call is handed to the process that owns the terminal,
 * which is started where there is none. Nothing is ever handed over twice, and
 * whatever is no whole answer after that is an unknown outcome. */
#include "../onetrans.h"

#include "json.h"
#include "sha256.h"
#include "system.h"
#include "words.h"

#include <string.h>

#ifdef _WIN32
#define PROGRAM "onetrans.exe"
/* Some hosts declare a wider number than an int, and read EDX with it or all of
 * RAX; some come with a stack that is not aligned. */
#define EXPORTED(name) __attribute__((force_align_arg_pointer)) uint64_t ONETRANS_CALL exported_##name
uint64_t ONETRANS_CALL exported_OneTrans(char *pInData, char *pOutData);
uint64_t ONETRANS_CALL exported_OneTransEx(const char *pInData, int inLen, char *pOutData, int outLen);
#else
#define PROGRAM "onetrans"
#define EXPORTED(name) __attribute__((visibility("default"))) int name
#endif

/* Versions of what is spoken with an owner: the newest, and the oldest that is
 * still understood. */
enum { version = 4, oldest = 2, says_wait = 4 };

enum {
    max_in = 1 << 20,  /* bytes of a request */
    in_room = max_in + 16,
    max_out = 1 << 20, /* bytes of an answer */
    max_hello = 512,   /* of an owner's first line */
    max_line = max_out / 3 * 4 + 4096,
    max_started = 64 << 10, /* of what a program that was started says */
    max_trans_type = 64,
    max_own = 2048,         /* of an answer of the library's own */
    paths_room = 256 << 10, /* for what is looked up on the way: paths and settings */
    least_out = 32,         /* holds the shortest answer and its NUL */
    nonce_size = 16,
    proof_size = sha256_size,
};

/* How long others may take, in milliseconds. */
enum {
    connect_ms = 500,
    hello_ms = 2000,
    hand_over_ms = 5000,
    ready_ms = 9500,    /* all that comes before a call is handed over */
    away_ms = 100,      /* between an owner who goes and his successor */
    silence_ms = 30000, /* an owner who works says so each 5 s */
    longest_ms = 900000,
    grace_ms = 3000, /* for an answer that an owner gave in time */
};

/* call is one call of the host. */
typedef struct {
    host host;
    const char *folder; /* the library's own */
    uint64_t begin;
    uint32_t longest; /* ms */
    const char *log;  /* NULL: none is kept */
    char *in;         /* the request, as it was handed over */
    size_t in_size;
    char *scratch;  /* a copy of it, in which escapes are resolved */
    char *line;     /* what is said with an owner: max_line bytes and one */
    char *out;      /* the host's */
    size_t room;    /* bytes of out that may be written, NUL included */
    size_t written; /* of an answer; 0: there is none */
    char trans_type[max_trans_type + 1];
    text msgid, number;      /* as they stand in the request, with their quotes */
    const char *number_name; /* what the number is called in an answer */
} call;

/* The last owner that a program named. It may be gone: then it is asked for anew. */
static char address[max_path];

/* own_folder is found once: it stays for as long as the library is loaded. Two
 * threads that look at once find the same. */
static const char *own_folder(call *c)
{
    static char folder[max_path];
    static bool known;
    if (!__atomic_load_n(&known, __ATOMIC_ACQUIRE)) {
        const char *found = find_folder(&c->host);
        if (found == NULL || strlen(found) >= sizeof folder)
            return NULL;
        memcpy(folder, found, strlen(found) + 1);
        __atomic_store_n(&known, true, __ATOMIC_RELEASE);
    }
    return folder;
}

/* joined is the path of what has a name in a folder; NULL where it is too long. */
static char *joined(call *c, const char *folder, const char *name)
{
    size_t n = strlen(folder), more = strlen(name) + 1;
    char *path = n + more > max_path ? NULL : memory_take(&c->host, n + more);
    if (path == NULL)
        return NULL;
    memcpy(path, folder, n);
    memcpy(path + n, name, more);
    return path;
}

/* ---- texts ---- */

/* writer puts a text together; what does not fit is left out, and known. */
typedef struct {
    char *at, *end;
    bool cut;
} writer;

static void put(writer *w, const char *at, size_t n)
{
    if ((size_t)(w->end - w->at) < n) {
        w->cut = true;
        return;
    }
    memcpy(w->at, at, n);
    w->at += n;
}

static void put_string(writer *w, const char *s) { put(w, s, strlen(s)); }

static void put_text(writer *w, text t) { put(w, t.at, (size_t)(t.end - t.at)); }

static void put_number(writer *w, uint64_t n, int digits)
{
    char buffer[20];
    int at = sizeof buffer;
    do {
        buffer[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0 || (int)sizeof buffer - at < digits);
    put(w, buffer + at, sizeof buffer - (size_t)at);
}

static void put_base64(writer *w, const void *from, size_t n)
{
    if ((size_t)(w->end - w->at) < (n + 2) / 3 * 4) {
        w->cut = true;
        return;
    }
    w->at += base64_encode(w->at, from, n);
}

/* put_time writes yyyyMMddHHmmss of a time, in UTC+8 as every message's. */
static void put_time(writer *w, uint64_t ms)
{
    uint64_t seconds = ms / 1000 + 8 * 3600;
    /* Days since 1970 as a date: years that begin in March, in eras of 400. */
    uint64_t day = seconds / 86400 + 719468, era = day / 146097, of_era = day % 146097;
    uint64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    uint64_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
    put_number(w, year + era * 400 + (month >= 10), 4);
    put_number(w, month < 10 ? month + 3 : month - 9, 2);
    put_number(w, of_year - (153 * month + 2) / 5 + 1, 2);
    put_number(w, seconds / 3600 % 24, 2);
    put_number(w, seconds / 60 % 60, 2);
    put_number(w, seconds % 60, 2);
}

/* ---- answers ---- */

/* answer gives the host an answer. It was writable when the call began; if it is
 * not any more, there is none. */
static int answer(call *c, const char *at, size_t n)
{
    c->written = n;
    if (poke(&c->host, c->out, at, n) == n && poke(&c->host, c->out + n, "", 1) == 1)
        return ONETRANS_ANSWERED;
    c->written = 0;
    return ONETRANS_UNHEARD;
}

enum detail { all, without_words, without_ids, bare, details };

static void put_own(writer *w, const call *c, const saying *s, enum detail d)
{
    uint64_t ms = wall_ms();
    uint32_t serial = 0;
    put_string(w, "{\"code\":\"");
    put_string(w, s->code);
    if (d == all) {
        put_string(w, "\",\"err_msg\":\"");
        put_string(w, s->words);
    }
    if (d < without_ids) {
        (void)random_bytes(&serial, sizeof serial); /* it is told apart by its time */
        put_string(w, "\",\"inf_refmsgid\":\"000000");
        put_time(w, ms);
        put_number(w, serial, 10);
        put_string(w, "\",\"refmsg_time\":\"");
        put_time(w, ms);
        put_number(w, ms % 1000, 3);
        put_string(w, "\",\"respond_time\":\"");
        put_time(w, ms);
        put_number(w, ms % 1000, 3);
    }
    put_string(w, "\",\"data\":{");
    if (s == &said_unknown && c->number_name != NULL && d < bare) {
        put_string(w, "\"result\":\"ing\"");
        if (c->number.at != NULL) {
            put_string(w, ",\"");
            put_string(w, c->number_name);
            put_string(w, "\":");
            put_text(w, c->number);
        }
    }
    put_string(w, "}}");
}

/* say answers with words of the library's own, with as much of them as there is room for. */
static int say(call *c, const saying *s)
{
    char buffer[max_own];
    for (enum detail d = all; d < details; d++) {
        writer w = {buffer, buffer + sizeof buffer, false};
        put_own(&w, c, s, d);
        size_t n = (size_t)(w.at - buffer);
        if (!w.cut && n < c->room) {
            int status = answer(c, buffer, n);
            return status == ONETRANS_ANSWERED || s == &said_unknown ? status : ONETRANS_NOTHING_DONE;
        }
    }
    return ONETRANS_NOTHING_DONE; /* least_out holds a bare one */
}

/* is_answer says whether a text is a whole pOutData. */
static bool is_answer(text t)
{
    text code, inside;
    return memchr(t.at, 0, (size_t)(t.end - t.at)) == NULL && gbk_whole(t) && json_object(t, GBK) &&
           json_field(t, GBK, "code", &code) && json_string(code, &inside);
}

/* undone says whether an answer's code is one of the program's own that proves that
 * nothing was done, and what it is. */
static bool undone(text answer, char code[7])
{
    text value, inside;
    code[0] = 0;
    if (!json_field(answer, GBK, "code", &value) || !json_string(value, &inside) || inside.end - inside.at != 6)
        return false;
    memcpy(code, inside.at, 6);
    code[6] = 0;
    return memcmp(code, "6000", 4) == 0 && strcmp(code, said_unknown.code) != 0;
}

/* is_true says whether a member of a line is true. */
static bool is_true(text line, const char *name)
{
    text value;
    return json_field(line, UTF8, name, &value) && value.end - value.at == 4 && *value.at == 't';
}

/* decoded is an answer that came in base64, in the place where that was. Another
 * vendor's is handed on whatever it is: the host has always had it so. */
static bool decoded(text line, encoding e, text *out)
{
    text value, inside;
    size_t n;
    if (!json_field(line, e, "out", &value) || !json_string(value, &inside))
        return false;
    bool theirs = is_true(line, "theirs");
    if (!base64_decode(inside, (char *)inside.at, (size_t)(inside.end - inside.at), &n))
        return false;
    *out = (text){inside.at, inside.at + n};
    return n > 0 && (is_answer(*out) || (theirs && memchr(out->at, 0, n) == NULL));
}

/* ---- the request ---- */

static const char query_type[] = "hop.trade.query", refund_type[] = "hop.trade.refund", settle_type[] = "fsi.outpatient.charge";

/* What is about money, and the field of its data that has its number. */
static const struct {
    const char *trans_type, *number;
} about_money[] = {
    {"hop.trade.recharge", "outChargeNo"},
    {refund_type, "outRefundNo"},
    {query_type, "outTradeNo"},
    {settle_type, "outSettleNo"},
    {"chs.common.outpatient.settle.cancel", "setl_id"},
};

/* number_field is where a call about money has its number; NULL where it is about none. */
static const char *number_field(const call *c)
{
    for (size_t i = 0; i < sizeof about_money / sizeof about_money[0]; i++)
        if (strcmp(c->trans_type, about_money[i].trans_type) == 0)
            return about_money[i].number;
    return NULL;
}

static bool reads_only(const call *c) { return c->trans_type[0] != 0 && number_field(c) == NULL; }

/* is says whether a value is this string. */
static bool is(text value, const char *string)
{
    text inside;
    size_t n = strlen(string);
    return json_string(value, &inside) && (size_t)(inside.end - inside.at) == n && memcmp(inside.at, string, n) == 0;
}

/* nested is what a value holds: itself, or the object in its text, which is
 * resolved where it stands. */
static text nested(text value)
{
    text inside;
    if (!json_string(value, &inside))
        return value;
    return (text){inside.at, json_unescape((char *)inside.at, (char *)inside.end, GBK)};
}

/* is_number says whether a value can be a trade's number: what is not, or is no GBK,
 * its owner has refused. */
static bool is_number(text value)
{
    bool null = value.end - value.at == 4 && *value.at == 'n';
    return *value.at != '{' && *value.at != '[' && !null && gbk_whole(value);
}

static bool is_empty(text value) { return !is_number(value) || (value.end - value.at == 2 && *value.at == '"'); }

/* note_trans_type notes it where it can be one of ours; else its owner says what it is. */
static void note_trans_type(call *c, text request)
{
    text value, inside;
    if (!json_field(request, GBK, "trans_type", &value) || !json_string(value, &inside) || inside.end - inside.at > max_trans_type)
        return;
    for (const char *at = inside.at; at < inside.end; at++)
        if (!((*at >= 'a' && *at <= 'z') || *at == '.'))
            return;
    memcpy(c->trans_type, inside.at, (size_t)(inside.end - inside.at));
}

/* note_number notes a call's number, and under which name it is told. */
static void note_number(call *c, text data)
{
    const char *field = number_field(c);
    text value, extra;
    c->number_name = field;
    if (field == NULL)
        return;
    if (strcmp(c->trans_type, query_type) == 0)
        c->number_name = json_field(data, GBK, "tradeType", &value) && is(value, refund_type) ? "outRefundNo" : "outChargeNo";
    if (strcmp(c->trans_type, settle_type) != 0) {
        if (json_field(data, GBK, field, &value) && is_number(value))
            c->number = value;
        return;
    }
    c->number = c->msgid; /* unless it has one of its own */
    if (!json_field(data, GBK, "extra", &value))
        return;
    extra = nested(value);
    if (json_object(extra, GBK) && json_field(extra, GBK, field, &value) && !is_empty(value))
        c->number = value;
}

/* look_up finds in the request which number it has, should its outcome become
 * unknown. */
static void look_up(call *c)
{
    text request = {c->scratch, c->scratch + c->in_size}, value;
    memcpy(c->scratch, c->in, c->in_size);
    if (!json_object(request, GBK))
        return;
    note_trans_type(c, request);
    if (json_field(request, GBK, "msgid", &value) && is_number(value))
        c->msgid = value;
    if (!json_field(request, GBK, "data", &value))
        return;
    text data = nested(value);
    if (json_object(data, GBK))
        note_number(c, data);
}

/* ---- with the owner ---- */

/* ending is how it ended that an owner was asked. */
typedef enum {
    not_there,      /* nobody is, or nobody who proves to be an owner */
    silent,         /* he says nothing */
    other_version,  /* he speaks none that the library does */
    went_away,      /* he says that he did not take it */
    answered,
    lost,           /* it was handed over, and there is no answer */
} ending;

static uint64_t sooner(uint64_t a, uint64_t b) { return a < b ? a : b; }

/* read_line reads a line into c->line, and what is behind it is not kept: nothing
 * may be. Empty lines say that an owner is alive. */
static outcome read_line(call *c, connection *l, size_t limit, uint64_t patience, uint64_t until, text *line)
{
    size_t used = 0, n;
    uint64_t heard = now_ms();
    for (;;) {
        outcome o = link_receive(&c->host, l, c->line + used, limit - used, &n, sooner(heard + patience, until));
        if (o != done)
            return o;
        char *first = c->line, *end;
        used += n;
        while ((end = memchr(first, '\n', used - (size_t)(first - c->line))) != NULL) {
            heard = now_ms();
            if (end > first) {
                *line = (text){first, end};
                return done;
            }
            first++;
        }
        used -= (size_t)(first - c->line);
        memmove(c->line, first, used);
        if (used == limit)
            return nobody; /* it has no end: no owner of this terminal's */
    }
}

/* proves says whether the owner knows what only this user may read. */
static bool proves(const connection *l, const unsigned char nonce[nonce_size], text welcome)
{
    static const char side[] = "onetrans socket owner ";
    unsigned char mac[proof_size], given[proof_size];
    text value, inside;
    size_t n;
    if (!json_field(welcome, UTF8, "proof", &value) || !json_string(value, &inside) ||
        !base64_decode(inside, given, sizeof given, &n) || n != sizeof given)
        return false;
    hmac_sha256(mac, l->secret, l->secret_size, side, sizeof side - 1, nonce, nonce_size);
    unsigned char differs = 0;
    for (size_t i = 0; i < sizeof mac; i++)
        differs |= mac[i] ^ given[i];
    return differs == 0;
}

/* greet agrees with an owner on a version, and learns the nonce that the call's
 * proof is over; why says it where that can't be. */
static bool greet(call *c, connection *l, uint32_t *spoken, unsigned char theirs[nonce_size], ending *why)
{
    char hello[128];
    unsigned char ours[nonce_size];
    text line, value, inside;
    size_t n;
    uint64_t until = sooner(now_ms() + hello_ms, c->begin + ready_ms);
    *why = not_there;
    if (!random_bytes(ours, sizeof ours))
        return false;
    writer w = {hello, hello + sizeof hello, false};
    put_string(&w, "{\"onetrans\":");
    put_number(&w, version, 1);
    put_string(&w, ",\"oldest\":");
    put_number(&w, oldest, 1);
    put_string(&w, ",\"nonce\":\"");
    put_base64(&w, ours, sizeof ours);
    put_string(&w, "\"}\n");
    outcome o = link_send(&c->host, l, hello, (size_t)(w.at - hello), until);
    if (o == done)
        o = read_line(c, l, max_hello, hello_ms, until, &line);
    if (o == late)
        *why = silent;
    if (o != done || !json_object(line, UTF8) || !json_field(line, UTF8, "onetrans", &value) || !json_number(value, spoken))
        return false;
    if (*spoken < oldest || *spoken > version || !json_field(line, UTF8, "nonce", &value) || !json_string(value, &inside)) {
        *why = other_version;
        return false;
    }
    return base64_decode(inside, theirs, nonce_size, &n) && n == nonce_size && proves(l, ours, line);
}

/* hand_over gives the call to an owner, in one line: without its end there is
 * none, and he has nothing; why says why not. */
static bool hand_over(call *c, connection *l, ending *why)
{
    static const char side[] = "onetrans socket caller ";
    unsigned char theirs[nonce_size], mac[proof_size];
    uint32_t spoken;
    if (!greet(c, l, &spoken, theirs, why))
        return false;
    hmac_sha256(mac, l->secret, l->secret_size, side, sizeof side - 1, theirs, sizeof theirs);
    writer w = {c->line, c->line + max_line, false};
    put_string(&w, "{\"proof\":\"");
    put_base64(&w, mac, sizeof mac);
    put_string(&w, "\",\"call\":{\"trans_type\":\"");
    put_string(&w, c->trans_type);
    put_string(&w, "\",\"in\":\"");
    put_base64(&w, c->in, c->in_size);
    put_string(&w, "\",\"buffer\":");
    put_number(&w, c->room - 1, 1);
    if (spoken >= says_wait) {
        put_string(&w, ",\"wait_ms\":");
        put_number(&w, c->longest, 1);
        put_string(&w, ",\"window\":");
        put_number(&w, host_window(), 1);
    }
    put_string(&w, "}}\n");
    if (w.cut)
        return false;
    host_front(&c->host);
    outcome o = link_send(&c->host, l, c->line, (size_t)(w.at - c->line), sooner(now_ms() + hand_over_ms, c->begin + ready_ms));
    if (o == late)
        *why = silent;
    return o == done;
}

/* heard waits for the answer to a call that was handed over, for as long as its
 * owner is alive. */
static ending heard(call *c, connection *l, text *out)
{
    text line;
    uint64_t until = now_ms() + c->longest + grace_ms;
    if (read_line(c, l, max_line, silence_ms, until, &line) != done || !json_object(line, UTF8))
        return lost;
    if (is_true(line, "away"))
        return went_away;
    return decoded(line, UTF8, out) ? answered : lost;
}

/* ask hands the call to who serves the address, and waits for his answer. Where nobody is
 * any more it takes Windows two seconds to say so; who was named a moment ago is there. */
static ending ask(call *c, bool named, text *out)
{
    connection l;
    ending how;
    switch (link_open(&c->host, &l, address, sooner(now_ms() + (named ? hello_ms : connect_ms), c->begin + ready_ms))) {
    case nobody:
        return not_there;
    case late:
        return named ? silent : not_there;
    case done:
        break;
    }
    if (hand_over(c, &l, &how)) {
        how = heard(c, &l, out);
        host_back(&c->host);
    }
    link_close(&l);
    return how;
}

/* ---- who is there ---- */

/* find_program is where the program is: beside the library, else beside its
 * configuration; NULL where it is neither. */
static const char *find_program(call *c, const char *config)
{
    const char *path = joined(c, c->folder, PROGRAM), *folder;
    if (path != NULL && file_exists(&c->host, path))
        return path;
    folder = config == NULL ? NULL : path_folder(&c->host, config);
    path = folder == NULL ? NULL : joined(c, folder, PROGRAM);
    return path != NULL && file_exists(&c->host, path) ? path : NULL;
}

/* find_config is where the configuration is; NULL where only the program itself
 * knows. */
static const char *find_config(call *c)
{
    const char *named = configured_path(&c->host);
    if (named != NULL) /* a name alone is beside the library: the host's folder is anybody's */
        return path_absolute(named) ? named : joined(c, c->folder, named);
    const char *beside = joined(c, c->folder, "onetrans.toml");
    return beside != NULL && file_exists(&c->host, beside) ? beside : NULL;
}

/* learn_address takes the address from what a program said that was started. */
static bool learn_address(text line)
{
    text value, inside;
    if (!json_field(line, UTF8, "address", &value) || !json_string(value, &inside))
        return false;
    char *end = json_unescape((char *)inside.at, (char *)inside.end, UTF8);
    size_t n = (size_t)(end - inside.at);
    if (n == 0 || n >= sizeof address || memchr(inside.at, 0, n) != NULL)
        return false;
    memcpy(address, inside.at, n);
    address[n] = 0;
    return true;
}

/* start has the owner started, or named who is there. Where neither can be, why is what
 * to say; NULL: out is, the program's own answer. */
static bool start(call *c, text *out, const saying **why)
{
    char code[7];
    size_t n = 0;
    const char *config = find_config(c), *program = find_program(c, config);
    *why = program == NULL ? &said_no_program : &said_not_started;
    if (program == NULL || !program_run(&c->host, program, config, c->line, max_started, &n, c->begin + ready_ms))
        return false;
    text line = {c->line, c->line + n};
    const char *end = memchr(line.at, '\n', n);
    if (end != NULL)
        line.end = end;
    if (!json_object(line, UTF8))
        return false;
    if (learn_address(line))
        return true;
    if (decoded(line, UTF8, out) && undone(*out, code) && (size_t)(out->end - out->at) < c->room)
        *why = NULL;
    return false;
}

/* pass_on gives the host the owner's answer. Where that has no room, its code is
 * enough if it alone says what became of the call. */
static int pass_on(call *c, text out)
{
    char code[7];
    if ((size_t)(out.end - out.at) < c->room)
        return answer(c, out.at, (size_t)(out.end - out.at));
    if (undone(out, code))
        return say(c, &(saying){code, ""});
    return say(c, reads_only(c) ? &said_too_long : &said_unknown);
}

/* carry_out hands the call over once, wherever its owner is. Only what provably
 * was not handed over is tried again. */
static int carry_out(call *c)
{
    bool started = false, gone = false;
    const saying *why;
    for (;;) {
        text out = {0};
        switch (address[0] != 0 ? ask(c, started, &out) : not_there) {
        case answered:
            return pass_on(c, out);
        case lost:
            return say(c, &said_unknown);
        case silent:
            return say(c, &said_silent);
        case other_version:
            return say(c, &said_other_version);
        case went_away:
            if (!gone) {
                gone = true;
                host_pause(&c->host, away_ms);
                continue;
            }
            break;
        case not_there:
            break;
        }
        if (started)
            return say(c, &said_not_started);
        started = true;
        if (start(c, &out, &why))
            continue;
        if (why != NULL)
            return say(c, why);
        return answer(c, out.at, (size_t)(out.end - out.at)) == ONETRANS_ANSWERED ? ONETRANS_ANSWERED : ONETRANS_NOTHING_DONE;
    }
}

/* ---- what the host hands over ---- */

/* read_in reads the request up to its NUL, and not beyond. */
static const saying *read_in(call *c, const char *in, size_t most)
{
    size_t n = 0;
    const char *nul = NULL;
    while (n < most && nul == NULL) {
        size_t step = 4096 - ((uintptr_t)(in + n) & 4095);
        if (step > most - n)
            step = most - n;
        size_t got = peek(&c->host, c->in + n, in + n, step);
        nul = memchr(c->in + n, 0, got);
        if (nul == NULL && got < step)
            return n + got == 0 ? &said_unreadable : &said_unended;
        n += got;
    }
    c->in_size = nul != NULL ? (size_t)(nul - c->in) : n;
    return NULL;
}

static const saying *read_ended(call *c, const char *in, size_t most)
{
    char more[2];
    const saying *wrong = read_in(c, in, most);
    if (wrong != NULL)
        return wrong;
    /* UTF-16 ends for us behind its first character. */
    if (c->in_size == 1 && most >= 4 && peek(&c->host, more, in + 2, 2) == 2 && more[0] != 0 && more[1] == 0)
        return &said_utf16;
    return c->in_size == 0 || c->in_size > max_in ? &said_not_json : NULL;
}

/* ---- settings and log ---- */

static bool setting(text line, const char *key, text *value)
{
    size_t n = strlen(key);
    if ((size_t)(line.end - line.at) <= n || memcmp(line.at, key, n) != 0)
        return false;
    for (line.at += n; line.at < line.end && *line.at == ' ';)
        line.at++;
    if (line.at == line.end || *line.at++ != '=')
        return false;
    while (line.at < line.end && *line.at == ' ')
        line.at++;
    while (line.end > line.at && (line.end[-1] == ' ' || line.end[-1] == '\r'))
        line.end--;
    *value = line;
    return true;
}

static void set(call *c, text line)
{
    text value;
    uint32_t seconds;
    if (setting(line, "longest_s", &value) && json_number(value, &seconds) && seconds >= 1 && seconds <= 86400) {
        c->longest = seconds * 1000;
    } else if (setting(line, "paint", &value)) {
        c->host.painting = !(value.end - value.at == 2 && memcmp(value.at, "no", 2) == 0);
    } else if (setting(line, "log", &value) && value.at < value.end) {
        char *name = (char *)value.at;
        name[value.end - value.at] = 0;
        c->log = path_absolute(name) ? name : joined(c, c->folder, name);
    }
}

/* read_settings reads OneTrans2.conf beside the library, where there is one. */
static void read_settings(call *c)
{
    enum { longest_conf = 4096 };
    const char *path = joined(c, c->folder, "OneTrans2.conf");
    char *at = memory_take(&c->host, longest_conf + 1);
    if (path == NULL || at == NULL)
        return;
    for (char *end = at + file_read(&c->host, path, at, longest_conf), *stop; at < end; at = stop + 1) {
        stop = memchr(at, '\n', (size_t)(end - at));
        if (stop == NULL)
            stop = end;
        set(c, (text){at, stop});
    }
}

static void put_field(writer *w, const char *name, uint64_t value)
{
    put_string(w, name);
    put_number(w, value, 1);
}

/* put_name writes what a request calls itself, if it is a plain name. */
static void put_name(writer *w, text value)
{
    enum { longest_name = 64 };
    text inside;
    if (value.at == NULL || !json_string(value, &inside) || inside.end - inside.at > longest_name)
        return;
    for (const char *at = inside.at; at < inside.end; at++)
        if (*at <= ' ' || *at > '~' || *at == '\\')
            return;
    put_text(w, inside);
}

/* write_log notes a call in the log, without any of its content. */
static void write_log(call *c, int status)
{
    enum { longest_log = 1 << 20 };
    char line[512];
    if (c->log == NULL)
        return;
    writer w = {line, line + sizeof line, false};
    put_time(&w, wall_ms());
    put_string(&w, " msgid=");
    put_name(&w, c->msgid);
    put_string(&w, " trans_type=");
    put_string(&w, c->trans_type);
    put_field(&w, " in=", c->in_size);
    put_field(&w, " out=", c->written);
    put_field(&w, " room=", c->room);
    put_field(&w, " ms=", now_ms() - c->begin);
    put_field(&w, " return=", (uint64_t)status);
    put_string(&w, "\n");
    file_append(&c->host, c->log, line, (size_t)(w.at - line), longest_log);
}

/* ---- one call at a time ---- */

/* The thread whose call runs, and where on its stack; 0: none. */
static uint32_t running;
static const void *running_at;

/* take makes this thread the one whose call runs; false where another does. A
 * thread that was ended in mid-call, or left it by a jump and is no deeper in its
 * stack than then, runs it no more. */
static bool take(const void *at)
{
    uint32_t me = thread_id(), was = __atomic_load_n(&running, __ATOMIC_ACQUIRE);
    bool left = was == me && (uintptr_t)at >= (uintptr_t)running_at;
    if (was != 0 && !left && thread_lives(was))
        return false;
    if (!__atomic_compare_exchange_n(&running, &was, me, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return false;
    running_at = at;
    return true;
}

static void let_go(void) { __atomic_store_n(&running, 0, __ATOMIC_RELEASE); }

/* ---- the door ---- */

/* serve answers a call, whose buffer holds at least the shortest answer. */
static int serve(call *c, const char *in, size_t most)
{
    c->in = memory_take(&c->host, in_room);
    c->scratch = memory_take(&c->host, in_room);
    c->line = memory_take(&c->host, max_line + 1);
    if (c->line == NULL)
        return say(c, &said_internal);
    c->folder = own_folder(c);
    if (c->folder != NULL)
        read_settings(c);
    const saying *wrong = read_ended(c, in, most);
    if (wrong == &said_unreadable) {
        (void)say(c, wrong);
        return ONETRANS_NOTHING_DONE; /* who does not look at the answer sees it, too */
    }
    if (wrong != NULL)
        return say(c, wrong);
    if (c->folder == NULL)
        return say(c, &said_internal);
    if (!take(c))
        return say(c, &said_busy);
    look_up(c);
    int status = carry_out(c);
    let_go();
    return status;
}

static int enter(const char *in, size_t in_most, char *out, size_t out_most)
{
    call c;
    int status = ONETRANS_NOTHING_DONE;
    memset(&c, 0, sizeof c);
    host_enter(&c.host, 2 * in_room + max_line + paths_room);
    c.host.painting = true;
    c.longest = longest_ms;
    c.begin = now_ms();
    c.out = out;
    c.room = writable(&c.host, out, out_most);
    if (c.room >= least_out) {
        status = serve(&c, in, in_most);
        write_log(&c, status);
    }
    if (c.written == 0 && c.room > 0)
        (void)poke(&c.host, out, "", 1);
    host_leave(&c.host);
    return status;
}

EXPORTED(OneTrans)(char *pInData, char *pOutData)
{
    return (unsigned)enter(pInData, max_in + 1, pOutData, ONETRANS_BUFFER);
}

EXPORTED(OneTransEx)(const char *pInData, int inLen, char *pOutData, int outLen)
{
    return (unsigned)enter(pInData, inLen < 0 ? 0 : sooner((uint64_t)inLen, max_in + 1), pOutData, outLen < 0 ? 0 : sooner((uint64_t)outLen, max_out));
}
