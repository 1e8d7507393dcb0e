package dev.holdfast.retention.plan;

import java.util.List;

/** What happens to one backup, and every reason for it, each fit to be printed after "because". */
public record Decision(Candidate backup, boolean kept, List<String> reasons) {

    public Decision {
        reasons = List.copyOf(reasons);
    }

    /** {@code kept because …} or {@code deleted because …}. */
    public String text() {
        return (kept ? "kept because " : "deleted because ") + String.join("; ", reasons);
    }
}
