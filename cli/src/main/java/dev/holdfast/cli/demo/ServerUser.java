package dev.holdfast.cli.demo;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.program.Enclosure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.List;
import java.util.Optional;

/** PostgreSQL refuses to run as root: for root its programs run as {@code postgres}, or {@code nobody} where there is none. */
final class ServerUser {

    private static final List<String> CANDIDATES = List.of("postgres", "nobody");

    private ServerUser() {
    }

    /** Empty where this user isn't root. */
    static Optional<String> name() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.empty();
        }
        return Optional.of(CANDIDATES.stream().filter(ServerUser::exists).findFirst()
                .orElseThrow(() -> new HoldfastException(FailureKind.PERMANENT, "scratch-user-missing",
                        "starting PostgreSQL as root is refused by it, and there is no user " + CANDIDATES,
                        "run the demo as an ordinary user")));
    }

    static Enclosure enclosure() {
        // Changing the user takes the death signal away that the starter had set, so it is set again.
        return name().map(user -> new Enclosure(List.of("setpriv", "--reuid=" + user, "--regid=" + group(user),
                "--clear-groups", "--pdeathsig", "KILL", "--"))).orElse(Enclosure.NONE);
    }

    /** Gives a folder to that user, for nobody else to look into. */
    static void own(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
        if (name().isPresent()) {
            var users = folder.getFileSystem().getUserPrincipalLookupService();
            PosixFileAttributeView view = Files.getFileAttributeView(folder, PosixFileAttributeView.class);
            view.setOwner(users.lookupPrincipalByName(name().get()));
        }
    }

    private static boolean exists(String user) {
        try {
            Path.of("/").getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Debian calls nobody's group nogroup. */
    private static String group(String user) {
        for (String group : List.of(user, "nogroup")) {
            try {
                Path.of("/").getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
                return group;
            } catch (IOException e) {
                continue;
            }
        }
        return user;
    }
}
