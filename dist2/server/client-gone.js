/** Aborts when the connection closes before the answer has been sent; aborted already if it has. */
export function clientGone(reply) {
    const controller = new AbortController();
    if (reply.raw.destroyed)
        controller.abort();
    else
        reply.raw.once('close', () => {
            if (!reply.raw.writableFinished)
                controller.abort();
        });
    return controller.signal;
}
//# sourceMappingURL=client-gone.js.map