package dev.holdfast.cli.status;

import dev.holdfast.cli.output.Console;
import dev.holdfast.cli.output.Printable;
import dev.holdfast.cli.output.Size;
import dev.holdfast.cli.output.Table;
import dev.holdfast.scheduler.status.Reason;
import dev.holdfast.scheduler.status.Standing;
import dev.holdfast.scheduler.status.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** A status on one page: what is not safe first and at length, what is safe in a line each, the verdict last. */
public final class StatusPage {

    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);
    private static final int LABEL = 12;

    private final Console console;
    private final Lines lines;
    private final Status status;

    private StatusPage(Console console, int width, Status status) {
        this.console = console;
        this.lines = new Lines(width);
        this.status = status;
    }

    /** @param width of the terminal in columns; longer lines are continued on the next one, indented */
    public static List<String> of(Console console, int width, Status status) {
        return new StatusPage(console, width, status).page();
    }

    private List<String> page() {
        status.trouble().forEach(this::trouble);
        status.databases().stream().filter(database -> database.standing() != Standing.safe).forEach(this::database);
        status.databases().stream().filter(database -> database.standing() == Standing.safe).forEach(this::safe);
        services();
        alerts();
        lines.blank();
        lines.text(0, "", console.bold(styled(status.standing(), status.verdict())));
        return lines.all();
    }

    private void trouble(Reason reason) {
        lines.text(LABEL, head(reason.standing()), Printable.text(reason.why()));
        row("next", reason.next());
    }

    private void database(Status.DatabaseState database) {
        lines.text(LABEL, head(database.standing()), console.bold(Printable.text(database.database())));
        for (Reason reason : database.reasons()) {
            row("why", reason.why());
            row("next", reason.next());
        }
        row("verified", database.verified() == null ? "none" : verified(database.verified()));
        if (database.rpoSeconds() != null) {
            row("RPO", Size.age(Duration.ofSeconds(database.rpoSeconds())) + left(database.rpoLeftSeconds()));
        }
        database.running().forEach(run -> row("running", running(run)));
        if (database.failed() != null) {
            Status.FailedRun failed = database.failed();
            row("failed", failed.activity() + " " + failed.id() + ", " + failed.state() + " " + ago(failed.at()));
        }
        if (database.paused() != null) {
            row("paused", "by " + database.paused().requester() + " " + ago(database.paused().since()) + ": " + database.paused().reason());
        } else if (database.nextRun() != null) {
            row("next run", next(database.nextRun()));
        }
    }

    private void safe(Status.DatabaseState database) {
        String text = console.bold(Printable.text(database.database())) + ": "
                + (database.verified() == null ? "" : Printable.text(verified(database.verified())))
                + (database.rpoSeconds() == null ? "" : "; RPO " + Size.age(Duration.ofSeconds(database.rpoSeconds())) + left(database.rpoLeftSeconds()))
                + (database.nextRun() == null ? "" : "; next run " + next(database.nextRun()));
        lines.text(LABEL, head(Standing.safe), text);
        database.running().forEach(run -> row("running", running(run)));
    }

    private void services() {
        if (status.services().isEmpty()) {
            return;
        }
        Table table = new Table("SERVICE", "INSTANCE", "VERSION", "ALIVE", ">LAG", ">BUSY");
        for (Status.ServiceState service : status.services()) {
            if (service.instances().isEmpty()) {
                table.row(service.service(), "none", "", "no", "", "");
            }
            for (Status.InstanceState instance : service.instances()) {
                table.row(service.service(), Printable.text(instance.instance()), Printable.text(instance.version()),
                        instance.alive() ? "yes, " + ago(instance.lastBeat()) : "silent since " + ago(instance.lastBeat()),
                        instance.lag() == null ? "?" : Size.count(instance.lag()),
                        instance.slots() == null ? "" : instance.running() + " of " + instance.slots());
            }
        }
        lines.blank();
        table.lines().forEach(line -> lines.text(0, "", line));
    }

    private void alerts() {
        if (status.alerts().isEmpty()) {
            return;
        }
        lines.blank();
        lines.text(0, "", "ALERTS");
        for (Status.StandingAlert alert : status.alerts()) {
            lines.text(2, "", Printable.text(alert.severity() + " " + alert.alert() + (alert.database() == null ? "" : " of " + alert.database())
                    + (alert.about() == null ? "" : " about " + alert.about()) + ", since " + MINUTE.format(alert.since())));
        }
    }

    private static String verified(Status.VerifiedBackup backup) {
        return backup.backupId() + ", " + Size.age(Duration.ofSeconds(backup.ageSeconds())) + " old, level " + backup.level() + ", in "
                + String.join(", ", backup.repositories());
    }

    private String running(Status.ActiveRun run) {
        String text = run.activity() + " " + run.id() + ", " + run.state() + " " + ago(run.since()) + ", attempt " + run.attempt()
                + (run.worker() == null ? "" : " on " + run.worker()) + (run.reason() == null ? "" : ": " + run.reason());
        if (run.phase() == null) {
            return text;
        }
        return text + ": " + run.phase() + (run.percent() == null ? " " : " " + run.percent() + " %, ") + Size.bytes(run.bytes())
                + (run.totalBytes() == null ? "" : " of ~" + Size.bytes(run.totalBytes())) + ", " + Size.rate(run.bytesPerSecond());
    }

    private static String left(Long seconds) {
        return seconds == null ? "" : seconds >= 0 ? ", " + Size.age(Duration.ofSeconds(seconds)) + " left"
                : ", overdue by " + Size.age(Duration.ofSeconds(-seconds));
    }

    private String ago(Instant at) {
        return at == null ? "" : Size.age(Duration.between(at, status.at())) + " ago";
    }

    private String next(Instant at) {
        return MINUTE.format(at) + ", in " + Size.age(Duration.between(status.at(), at));
    }

    private void row(String label, String text) {
        lines.text(LABEL, "  " + label, Printable.text(text));
    }

    private String head(Standing standing) {
        return styled(standing, switch (standing) {
            case unsafe -> "NOT SAFE";
            case attention -> "ATTENTION";
            case safe -> "SAFE";
        });
    }

    private String styled(Standing standing, String text) {
        return switch (standing) {
            case unsafe -> console.bad(Printable.text(text));
            case attention -> console.bold(Printable.text(text));
            case safe -> console.good(Printable.text(text));
        };
    }

    /** Lines that are no wider than the terminal. */
    private static final class Lines {

        private static final int NARROWEST = 40;

        private final int width;
        private final List<String> all = new ArrayList<>();

        Lines(int width) {
            this.width = Math.max(NARROWEST, width);
        }

        List<String> all() {
            return all;
        }

        void blank() {
            if (!all.isEmpty()) {
                all.add("");
            }
        }

        /** A label, and beside it a text that goes on below itself where it is too long. */
        void text(int indent, String label, String text) {
            StringBuilder line = new StringBuilder(label).append(" ".repeat(Math.max(label.isEmpty() ? indent : 1, indent - shown(label))));
            if (label.isEmpty() && indent == 0) {
                line.setLength(0);
            }
            boolean empty = true;
            for (String word : text.split(" (?=\\S)")) {
                if (!empty && shown(line) + 1 + shown(word) > width) {
                    all.add(line.toString().stripTrailing());
                    line = new StringBuilder(" ".repeat(indent));
                    empty = true;
                }
                line.append(empty ? "" : " ").append(word);
                empty = false;
            }
            all.add(line.toString().stripTrailing());
        }

        /** Without what colours it. */
        private static int shown(CharSequence text) {
            String plain = text.toString().replaceAll("\\033\\[\\d+m", "");
            return plain.codePointCount(0, plain.length());
        }
    }
}
