#include "daemon/store/letter.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <string.h>

#if defined(__SANITIZE_THREAD__)
#define LETTER_UNDER_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define LETTER_UNDER_TSAN 1
#endif
#endif

/* ThreadSanitizer does not see the order that libzmq's lock-free pipes give, as that library is
 * not built with it: what happened before a letter was sent has happened when it is received. */
#ifdef LETTER_UNDER_TSAN
#include <sanitizer/tsan_interface.h>
static char order;
#define LETTER_RELEASE() __tsan_release(&order)
#define LETTER_ACQUIRE() __tsan_acquire(&order)
#else
#define LETTER_RELEASE() ((void)0)
#define LETTER_ACQUIRE() ((void)0)
#endif

zactor_t *letter_start_actor(zactor_fn *actor, void *lent)
{
    LETTER_RELEASE();
    zactor_t *started = zactor_new(actor, lent);
    assert(started != NULL);
    LETTER_ACQUIRE();
    return started;
}

void letter_ready(zsock_t *pipe)
{
    sigset_t all;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, NULL);
    LETTER_RELEASE();
    zsock_signal(pipe, 0);
}

void letter_send(void *pipe, const void *bytes, size_t size)
{
    zframe_t *frame = zframe_new(bytes, size);
    assert(frame != NULL);
    LETTER_RELEASE();
    int failed = zframe_send(&frame, pipe, 0);
    /* Fails only when czmq is shut down around us, which ends the actors too. */
    if (failed != 0) zframe_destroy(&frame);
}

zframe_t *letter_receive(void *pipe, int timeout_ms)
{
    zsock_set_rcvtimeo(pipe, timeout_ms);
    zframe_t *frame;
    do
        frame = zframe_recv(pipe);
    while (frame == NULL && errno == EINTR && timeout_ms == LETTER_WAIT_FOREVER);
    LETTER_ACQUIRE();
    return frame;
}

bool letter_waits(void *pipe)
{
    return (zsock_events(pipe) & ZMQ_POLLIN) != 0;
}

bool letter_is_end(zframe_t *letter)
{
    return zframe_streq(letter, "$TERM");
}

void letter_end_actor(zactor_t **actor)
{
    if (*actor == NULL) return;
    /* zactor_destroy waits for the actor's answer with the time-out that the pipe has. */
    zsock_set_rcvtimeo(*actor, LETTER_WAIT_FOREVER);
    zactor_destroy(actor);
    LETTER_ACQUIRE();
}
