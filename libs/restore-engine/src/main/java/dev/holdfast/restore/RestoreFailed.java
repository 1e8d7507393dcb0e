package dev.holdfast.restore;

import dev.holdfast.failure.HoldfastException;
import java.util.Optional;

/** The server refused something of an archive. Kind, code, message and next step are those of the program's failure. */
public final class RestoreFailed extends HoldfastException {

    static final String REFRESH = "MATERIALIZED VIEW DATA ";

    private final transient Optional<String> entry;

    RestoreFailed(HoldfastException failure, Optional<String> entry) {
        super(failure.kind(), failure.code(), failure.getMessage(), failure.nextStep(), failure);
        this.entry = entry;
    }

    /** Whether it was the filling of a materialized view, of which an archive holds only the statement. */
    public boolean isRefreshing() {
        return entry.filter(name -> name.startsWith(REFRESH)).isPresent();
    }

    /** The entry of the table of contents that failed: type, schema, name, owner. Empty where none was named. */
    public Optional<String> entry() {
        return entry;
    }
}
