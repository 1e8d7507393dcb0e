package dev.holdfast.logging;

import java.util.Map;
import org.slf4j.MDC;

/** Carries the correlation id, and whatever else this thread's log lines say, to the threads that work for it. */
public final class LogContext {

    private LogContext() {
    }

    /** The work, with the caller's log context as it is now; whatever ran on the thread before finds its own again. */
    public static Runnable carried(Runnable work) {
        Map<String, String> context = MDC.getCopyOfContextMap();
        return () -> {
            Map<String, String> before = MDC.getCopyOfContextMap();
            set(context);
            try {
                work.run();
            } finally {
                set(before);
            }
        };
    }

    private static void set(Map<String, String> context) {
        if (context == null) {
            MDC.clear();
        } else {
            MDC.setContextMap(context);
        }
    }
}
