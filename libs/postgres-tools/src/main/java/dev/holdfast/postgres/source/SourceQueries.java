package dev.holdfast.postgres.source;

/** The catalog queries; they run on PostgreSQL 10 and later. */
final class SourceQueries {

    /** What pg_dump reads: tables, partitioned tables and sequences outside the system schemas and extensions. */
    private static final String DUMPED_RELATIONS = """
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
              AND (NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
                   OR EXISTS (SELECT 1 FROM pg_extension e WHERE c.oid = ANY (e.extconfig)))
            """;

    static final String UNREADABLE_RELATIONS = """
            SELECT CASE c.relkind WHEN 'S' THEN 'sequence ' ELSE 'table ' END || format('%I.%I', n.nspname, c.relname)
            """ + DUMPED_RELATIONS + """
              AND c.relkind IN ('r', 'p', 'S')
              AND (NOT has_schema_privilege(n.oid, 'USAGE')
                   OR CASE c.relkind WHEN 'S' THEN NOT has_sequence_privilege(c.oid, 'SELECT')
                      ELSE NOT has_table_privilege(c.oid, 'SELECT') END)
            ORDER BY 1""";

    /** pg_read_all_data does not cover large objects. */
    static final String UNREADABLE_LARGE_OBJECTS = """
            SELECT 'large object ' || m.oid FROM pg_largeobject_metadata m
            WHERE NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
              AND current_setting('lo_compat_privileges') = 'off'
              AND NOT pg_has_role(m.lomowner, 'USAGE')
              AND NOT EXISTS (SELECT 1 FROM aclexplode(m.lomacl) a WHERE a.privilege_type = 'SELECT'
                              AND CASE WHEN a.grantee = 0 THEN true ELSE pg_has_role(a.grantee, 'USAGE') END)
            ORDER BY m.oid""";

    static final String ROW_SECURITY = """
            SELECT 'table ' || format('%I.%I', n.nspname, c.relname)
            """ + DUMPED_RELATIONS + """
              AND c.relkind IN ('r', 'p') AND c.relrowsecurity AND row_security_active(c.oid)
            ORDER BY 1""";

    /** Process id, database, role and application name are shown to every role; when a session began is not. */
    static final String BACKUP_SESSIONS = """
            SELECT pid, application_name, coalesce(datname = current_database() AND usename = current_user, false)
            FROM pg_stat_activity WHERE left(application_name, length(?)) = ? AND pid <> pg_backend_pid()""";

    static final String END_SESSION =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ? AND application_name = ?";

    static final String TIME_MILLIS = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    /** A dump's shared lock waits behind exclusive ones that are held, and behind those that are waited for. */
    static final String EXCLUSIVE_LOCKS = """
            SELECT DISTINCT format('%I.%I by session %s', n.nspname, c.relname, l.pid)
            FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE l.mode = 'AccessExclusiveLock' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND l.pid <> pg_backend_pid() AND c.relkind IN ('r', 'p', 'S', 'v', 'm', 'f') ORDER BY 1""";

    static final String POSITION =
            "CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END";

    static final String EXTENSIONS = """
            SELECT e.extname, e.extversion, n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
            ORDER BY 1""";

    static final String ROLES = "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1";

    static final String TABLESPACES = "SELECT spcname FROM pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global') ORDER BY 1";

    static final String SETTINGS = """
            SELECT DISTINCT split_part(line, '=', 1) FROM pg_db_role_setting s, unnest(s.setconfig) AS line
            WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1""";

    private SourceQueries() {
    }
}
