package dev.holdfast.postgres.scratch;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who granted which role to whom. From PostgreSQL 16 on only roles with the ADMIN option on a role grant it, and the
 * bootstrap superuser, who needs none (manual, "GRANT", notes on roles): so the grantor without that option is the
 * bootstrap superuser of the cluster that was dumped.
 */
final class Memberships {

    private static final String NAME = "\"(?:[^\"]|\"\")*\"|[^\\s\",;]+";
    private static final Pattern GRANT = Pattern.compile(
            "(?<grant>GRANT (?<role>%1$s) TO (?<member>%1$s)(?<options> WITH [A-Z, ]+)?) GRANTED BY (?<grantor>%1$s)".formatted(NAME));

    private final Set<String> grantorsWithoutAdmin = new TreeSet<>();

    private Memberships(List<String> statements) {
        List<Matcher> grants = statements.stream().map(GRANT::matcher).filter(Matcher::matches).toList();
        Set<List<String>> admins = new HashSet<>();
        grants.stream().filter(Memberships::admin).forEach(grant -> admins.add(List.of(grant.group("role"), grant.group("member"))));
        grants.stream().filter(grant -> !admins.contains(List.of(grant.group("role"), grant.group("grantor"))))
                .forEach(grant -> grantorsWithoutAdmin.add(grant.group("grantor")));
    }

    static Memberships in(List<String> statements) {
        return new Memberships(statements);
    }

    /** pg_dumpall says ADMIN OPTION; GRANT takes ADMIN TRUE for the same. */
    private static boolean admin(Matcher grant) {
        String options = grant.group("options");
        return options != null && (options.contains(" ADMIN OPTION") || options.contains(" ADMIN TRUE"));
    }

    /** As SQL writes it. Empty where nothing tells, or where more than one would be it: no server of 16 or later has that. */
    Optional<String> bootstrap() {
        return grantorsWithoutAdmin.size() == 1 ? Optional.of(grantorsWithoutAdmin.iterator().next()) : Optional.empty();
    }

    static String regrant(String statement, String grantor, String other) {
        Matcher grant = GRANT.matcher(statement);
        return grant.matches() && grant.group("grantor").equals(grantor) ? grant.group("grant") + " GRANTED BY " + other : statement;
    }
}
