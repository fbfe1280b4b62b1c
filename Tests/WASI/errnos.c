/* errnos.c: each number that the host can answer becomes the guest's of the same
 * name, and whatever has no such name becomes IO. */
#include "harness.h"

void test_errnos(void) {
#define SAME(name) {E##name, WASI_##name}
  static const int pairs[][2] = {
      SAME(2BIG), SAME(ACCES), SAME(ADDRINUSE), SAME(ADDRNOTAVAIL), SAME(AFNOSUPPORT), SAME(AGAIN), SAME(ALREADY),
      SAME(BADF), SAME(BADMSG), SAME(BUSY), SAME(CANCELED), SAME(CHILD), SAME(CONNABORTED), SAME(CONNREFUSED),
      SAME(CONNRESET), SAME(DEADLK), SAME(DESTADDRREQ), SAME(DOM), SAME(DQUOT), SAME(EXIST), SAME(FAULT), SAME(FBIG),
      SAME(HOSTUNREACH), SAME(IDRM), SAME(ILSEQ), SAME(INPROGRESS), SAME(INTR), SAME(INVAL), SAME(IO), SAME(ISCONN),
      SAME(ISDIR), SAME(LOOP), SAME(MFILE), SAME(MLINK), SAME(MSGSIZE), SAME(MULTIHOP), SAME(NAMETOOLONG),
      SAME(NETDOWN), SAME(NETRESET), SAME(NETUNREACH), SAME(NFILE), SAME(NOBUFS), SAME(NODEV), SAME(NOENT),
      SAME(NOEXEC), SAME(NOLCK), SAME(NOLINK), SAME(NOMEM), SAME(NOMSG), SAME(NOPROTOOPT), SAME(NOSPC), SAME(NOSYS),
      SAME(NOTCONN), SAME(NOTDIR), SAME(NOTEMPTY), SAME(NOTRECOVERABLE), SAME(NOTSOCK), SAME(NOTSUP), SAME(NOTTY),
      SAME(NXIO), SAME(OVERFLOW), SAME(OWNERDEAD), SAME(PERM), SAME(PIPE), SAME(PROTO), SAME(PROTONOSUPPORT),
      SAME(PROTOTYPE), SAME(RANGE), SAME(ROFS), SAME(SPIPE), SAME(SRCH), SAME(STALE), SAME(TIMEDOUT), SAME(TXTBSY),
      SAME(XDEV), {0, WASI_SUCCESS}, {EWOULDBLOCK, WASI_AGAIN}, {EOPNOTSUPP, WASI_NOTSUP}, {4095, WASI_IO}, {-1, WASI_IO},
  };
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
    check(wasi_from_errno(pairs[i][0]) == (uint32_t)pairs[i][1], __FILE__, __LINE__, "%s: %u, not %d",
          strerror(pairs[i][0]), wasi_from_errno(pairs[i][0]), pairs[i][1]);
  /* Nothing that the guest does not know comes out. */
  for (int error = -5000; error < 5000; error++)
    if (wasi_from_errno(error) > WASI_NOTCAPABLE) CHECK(!"an errno of the guest");
}
