package dev.holdfast.scheduler.status;

import java.util.ArrayList;
import java.util.List;

/** The one line at the end. */
record Verdict(Standing worst, List<Status.DatabaseState> databases, List<Reason> trouble) {

    String text() {
        return switch (worst) {
            case unsafe -> "NOT SAFE: " + told(Standing.unsafe) + ". Next: " + next();
            case attention -> "Safe now, and somebody should look: " + told(Standing.attention) + ". Next: " + next();
            case safe -> "Safe: " + (databases.size() == 1 ? "the database has" : "all " + databases.size() + " databases have")
                    + " a verified backup inside the RPO.";
        };
    }

    private String told(Standing standing) {
        List<String> told = new ArrayList<>();
        databases.stream().filter(database -> database.standing() == standing)
                .forEach(database -> told.add(database.database() + " (" + database.reasons().getFirst().why() + ")"));
        trouble.stream().filter(reason -> reason.standing() == standing).forEach(reason -> told.add(reason.why()));
        return told.getFirst() + (told.size() == 1 ? "" : ", and " + (told.size() - 1) + " more");
    }

    private String next() {
        return databases.stream().filter(database -> database.standing() == worst).map(database -> database.reasons().getFirst().next())
                .findFirst().orElseGet(() -> trouble.getFirst().next());
    }
}
