package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresExtension.class)
class PostgresServerIT {

    @Test
    void each_database_is_fresh_and_takes_a_password(PostgresServer.Database one, PostgresServer.Database two) {
        one.exec("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)");

        assertThat(one.value("SELECT count(*) FROM t")).isEqualTo("2");
        assertThat(two.query("SELECT 1 FROM pg_class WHERE relname = 't'")).isEmpty();
        assertThatThrownBy(() -> one.as("postgres", "wrong").exec("SELECT 1")).hasMessageContaining("password");
        assertThat(one.toString()).doesNotContain(PostgresServer.PASSWORD);
    }

    @Test
    void a_database_takes_any_name(PostgresServer server) {
        String name = "postgres://x?a=b' \" é/../";

        assertThat(server.createDatabase(name).value("SELECT current_database()")).isEqualTo(name);
    }

    @Test
    void a_cluster_of_its_own_ends_when_it_is_closed_and_leaves_no_folder() {
        PostgresServer server = PostgresServer.newCluster("--encoding=SQL_ASCII", "--locale=C");
        assertThat(server.database("postgres").value("SHOW server_encoding")).isEqualTo("SQL_ASCII");

        server.close();

        assertThat(ProcessHandle.of(server.pid())).isEmpty();
        assertThat(server.socketFolder()).doesNotExist();
    }
}
