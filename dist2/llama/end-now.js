/**
 * Ends the process at once. `process.exit` waits for every thread, so one that hangs in native code would keep the
 * process for good; the C library's `_exit` waits for nobody.
 */
import koffi from 'koffi';
export function endNow(code) {
    try {
        koffi.load(null).func('void _exit(int)')(code);
    }
    catch {
        // No such function to be found here.
    }
    process.kill(process.pid, 'SIGKILL');
    throw new Error('unreachable');
}
//# sourceMappingURL=end-now.js.map