package dev.holdfast.scheduler.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Counts calls without a known token, by address and minute: the first few are logged, and from some number on they are
 * answered without a word. A call with a token is never held back, so nobody can be locked out by another's tries.
 */
final class FailedTries {

    static final int LOGGED = 5;
    static final int ANSWERED = 20;

    private static final long WINDOW = 60_000_000_000L;
    private static final int ADDRESSES = 1_000;

    private final LongSupplier nanos;
    private final Map<String, Window> byAddress = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
            return size() > ADDRESSES;
        }
    };

    private record Window(long begin, int tries) {
    }

    /** @param nanos a clock that only runs forward */
    FailedTries(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** @return how many there were within a minute, this one included */
    synchronized int count(String address) {
        long now = nanos.getAsLong();
        Window window = byAddress.get(address);
        Window next = window == null || now - window.begin() >= WINDOW ? new Window(now, 1) : new Window(window.begin(), window.tries() + 1);
        byAddress.put(address, next);
        return next.tries();
    }
}
