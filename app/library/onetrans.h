/*
 * onetrans.h: the OneTrans interface, OneTrans2.dll and libOneTrans2.so.
 *
 * One call reads one request (pInData), carries it out, and writes one answer
 * (pOutData). Both are a JSON object in GBK, ended by a NUL. What is in them is
 * in .github/docs/his.md and .github/docs/interface.md.
 */
#ifndef ONETRANS_H
#define ONETRANS_H

#if defined(_WIN32)
#define ONETRANS_CALL __stdcall
#else
#define ONETRANS_CALL
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What a call returns. */
enum {
    /* pOutData holds an answer: go by its code. */
    ONETRANS_ANSWERED = 0,
    /* Nothing was done, because of a pointer. pInData is NULL or can't be read:
     * pOutData holds 600002, which says so. Or pOutData can't be written, or is
     * too short for the shortest answer (32 bytes): it is empty, if it can be. */
    ONETRANS_NOTHING_DONE = 1,
    /* It was carried out, or may have been, and its answer can't be written;
     * pOutData is empty, if it can be: query by its number before anything else. */
    ONETRANS_UNHEARD = 4
};

/* How many bytes pOutData of OneTrans may get, the NUL included. */
#define ONETRANS_BUFFER 8192

/*
 * Carries out one call. The request's trans_type says which.
 *
 * pInData   the request, which ends with a NUL; at most 1 MiB.
 * pOutData  gets the answer: at most ONETRANS_BUFFER bytes with its NUL, and
 *           fewer where the memory ends before. Nothing is written behind the NUL.
 *
 * One call at a time: while one runs, a second is answered 600001 at once. A call
 * with a page takes as long as its person does.
 */
int ONETRANS_CALL OneTrans(char *pInData, char *pOutData);

/*
 * As OneTrans, for those who know how long their buffers are. A read whose answer
 * is longer is answered 600010; an answer about money is cut to fit.
 *
 * inLen   bytes of pInData; a NUL before that ends it. At most 1 MiB.
 * outLen  bytes of pOutData, its NUL included; at most 1 MiB of them are used.
 */
int ONETRANS_CALL OneTransEx(const char *pInData, int inLen, char *pOutData, int outLen);

#ifdef __cplusplus
}
#endif

#endif
