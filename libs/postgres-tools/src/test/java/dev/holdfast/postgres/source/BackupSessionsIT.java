package dev.holdfast.postgres.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import dev.holdfast.postgres.ConnectionSettings;
import dev.holdfast.postgres.ServerSettings;
import dev.holdfast.testkit.PostgresServer;

/** Backups see each other by their sessions' names, without a privilege. */
class BackupSessionsIT {

    private PostgresServer.Database database;
    private ConnectionSettings settings;
    private ConnectionSettings ordinary;
    private String id;

    @BeforeEach
    void createDatabaseAndUser() {
        database = PostgresServer.shared().createDatabase();
        settings = ServerSettings.of(database);
        database.exec("CREATE ROLE %s LOGIN PASSWORD 'x'".formatted(database.name()));
        ordinary = ServerSettings.of(database.as(database.name(), "x"));
        id = "20260203T020000Z-dump-" + database.name();
    }

    @Test
    void an_ordinary_role_sees_a_superusers_backups_in_their_order_and_may_not_end_them() {
        try (SourceProbe first = connect(settings, id + "a", 1); SourceProbe second = connect(ordinary, id + "b", 1)) {
            BackupSessions early = sessions(first, id + "a", 1);
            early.drawTicket();
            BackupSessions late = sessions(second, id + "b", 1);
            assertThat(early.isSomebodyDrawing(early.others())).as("the second draws").isTrue();
            late.drawTicket();

            assertThat(late.ahead(mine(late))).isEqualTo(1);
            assertThat(early.ahead(mine(early))).isZero();
            assertThat(mine(late)).extracting(BackupSessions.Session::ours).containsExactly(false);
        }
    }

    @Test
    void sessions_of_older_attempts_are_ended_and_no_others() {
        try (ExportedSnapshot older = ExportedSnapshot.open(settings, "holdfast/%s/1".formatted(id));
                ExportedSnapshot other = ExportedSnapshot.open(settings, "holdfast/%s-other/1".formatted(id));
                ExportedSnapshot own = ExportedSnapshot.open(settings, "holdfast/%s/2".formatted(id));
                ExportedSnapshot higher = ExportedSnapshot.open(settings, "holdfast/%s/10".formatted(id));
                SourceProbe probe = connect(settings, id, 2)) {
            BackupSessions sessions = sessions(probe, id, 2);

            List<BackupSessions.Session> found = sessions.older();
            found.forEach(sessions::end);

            await().until(() -> !older.isHeld());
            assertThat(found).hasSize(1);
            assertThat(sessions.programs()).hasSize(1);
            assertThat(List.of(other.isHeld(), own.isHeld(), higher.isHeld())).containsOnly(true);
            assertThat(sessions.isDuplicate(sessions.others())).isTrue();
        }
    }

    @Test
    void of_two_claims_of_one_attempt_the_later_one_is_the_duplicate() {
        try (SourceProbe first = connect(settings, id, 1); SourceProbe second = connect(settings, id, 1)) {
            BackupSessions early = sessions(first, id, 1);
            early.drawTicket();
            BackupSessions late = sessions(second, id, 1);
            late.drawTicket();

            assertThat(early.isDuplicate(early.others())).isFalse();
            assertThat(late.isDuplicate(late.others())).isTrue();
        }
    }

    @Test
    void a_name_of_another_form_is_no_backup() {
        assertThat(SessionName.parse("holdfast/x")).isEmpty();
        assertThat(SessionName.parse("holdfast/x/1/2/3")).isEmpty();
        assertThat(SessionName.parse("psql")).isEmpty();
        SessionName longest = SessionName.of("20260203T020000Z-dump-3fa9c1d2e4b5", 999).withTicket(4_102_444_800_000L);
        assertThat(longest.toString()).hasSizeLessThanOrEqualTo(63);
        assertThat(SessionName.parse(longest.toString())).contains(longest);
        assertThat(longest.drawn()).contains(4_102_444_800_000L);
    }

    private List<BackupSessions.Session> mine(BackupSessions sessions) {
        return sessions.others().stream().filter(session -> session.name().backupId().startsWith(id)).toList();
    }

    private static SourceProbe connect(ConnectionSettings settings, String backupId, int attempt) {
        return SourceProbe.connect(settings, SessionName.of(backupId, attempt).drawing().toString());
    }

    private static BackupSessions sessions(SourceProbe probe, String backupId, int attempt) {
        return probe.backupSessions(SessionName.of(backupId, attempt).drawing());
    }
}
