package dev.holdfast.restore;

import dev.holdfast.failure.HoldfastException;
import java.util.List;
import java.util.Optional;

/** The server refused something of an archive. Kind, code, message and next step are those of the program's failure. */
public final class RestoreFailed extends HoldfastException {

    static final String REFRESH = "MATERIALIZED VIEW DATA ";

    private final transient Optional<String> entry;

    private final transient List<String> named;

    RestoreFailed(HoldfastException failure, Optional<String> entry, List<String> named) {
        super(failure.kind(), failure.code(), failure.getMessage(), failure.nextStep(), failure);
        this.entry = entry;
        this.named = List.copyOf(named);
    }

    /** The numbers of all entries that the messages name; a function's notice can name some too. */
    List<String> named() {
        return named;
    }

    /** Whether it was the filling of a materialized view, of which an archive holds only the statement. */
    public boolean isRefreshing() {
        return entry.filter(name -> name.startsWith(REFRESH)).isPresent();
    }

    /**
     * The entry of the table of contents that failed: type, name, owner. Empty where none was named. A function's
     * message can pretend to be this: what goes further is {@link ArchiveRestore#entry}.
     */
    public Optional<String> entry() {
        return entry;
    }
}
