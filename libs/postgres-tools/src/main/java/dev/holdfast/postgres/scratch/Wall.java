package dev.holdfast.postgres.scratch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;


import dev.holdfast.failure.HoldfastException;
import dev.holdfast.postgres.Failures;
import dev.holdfast.postgres.program.Enclosure;
import dev.holdfast.postgres.program.Probe;
import dev.holdfast.postgres.program.ProgramResult;
import dev.holdfast.postgres.program.ToolSet;

/**
 * The enclosure of one scratch folder. The server and every client of it run inside: what they read was written by
 * whoever could write to the source (DESIGN, who may do what). The strongest isolation that works here is found by
 * trying it.
 */
final class Wall {

    static final String DEFAULT_USER = "postgres";
    private static final String SCRIPT = script();
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(60);

    private final Isolation isolation;
    private final Enclosure enclosure;
    private final Optional<String> owner;

    private Wall(Isolation isolation, Enclosure enclosure, Optional<String> owner) {
        this.isolation = isolation;
        this.enclosure = enclosure;
        this.owner = owner;
    }

    /**
     * @param folder holds an empty folder {@code root}
     * @param user   who to become where we are root
     * @throws HoldfastException {@code isolation-not-permitted} when nothing here keeps a restored dump from our files
     */
    static Wall around(Path folder, Optional<String> user, ToolSet tools) {
        return around(folder, user, tools, tool("unshare"));
    }

    /** @param unshare the program that makes namespaces, or refuses */
    static Wall around(Path folder, Optional<String> user, ToolSet tools, String unshare) {
        return isRoot() ? asRoot(folder, user.orElse(DEFAULT_USER), tools, unshare) : asUser(folder, tools, unshare);
    }

    private static Wall asRoot(Path folder, String user, ToolSet tools, String unshare) {
        String uid = id("-u", user);
        String gid = id("-g", user);
        if (uid.equals("0")) {
            throw Failures.permanent("isolation-not-permitted", "choosing the user of the scratch server: %s is root".formatted(user),
                    "Name another user as verifier.scratch-user.");
        }
        Wall namespaces = new Wall(Isolation.UID_AND_NAMESPACES,
                new Enclosure(walled(unshare, List.of(), folder, uid, gid, "root", tools)), Optional.of(user));
        ProgramResult tried = namespaces.tryOut();
        if (tried.succeeded()) {
            return namespaces;
        }
        throw notPermitted("making namespaces as root: " + tried.messages());
    }

    private static Wall asUser(Path folder, ToolSet tools, String unshare) {
        String uid = ownId("unix:uid");
        String gid = ownId("unix:gid");
        Wall wall = new Wall(Isolation.USER_NAMESPACES, new Enclosure(userNamespaces(unshare, folder, uid, gid, tools)),
                Optional.empty());
        ProgramResult tried = wall.tryOut();
        if (!tried.succeeded()) {
            throw notPermitted("making user namespaces: " + tried.messages());
        }
        return wall;
    }

    private static HoldfastException notPermitted(String why) {
        return Failures.permanent("isolation-not-permitted",
                "keeping a scratch server away from keys and network: " + why,
                "Run the verifier as root with a scratch user (it gives its privileges up) where unshare(2) is permitted, or permit user namespaces (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0); in a container that means SYS_ADMIN or a seccomp profile that lets unshare pass.");
    }

    /** For a process that is this uid already: root inside a user namespace while the wall is built, itself again after. */
    static List<String> userNamespaces(Path folder, String uid, String gid, ToolSet tools) {
        return userNamespaces(tool("unshare"), folder, uid, gid, tools);
    }

    private static List<String> userNamespaces(String unshare, Path folder, String uid, String gid, ToolSet tools) {
        return walled(unshare, List.of("--user", "--map-root-user"), folder, uid, gid, "user", tools);
    }

    private static List<String> walled(String unshare, List<String> more, Path folder, String uid, String gid, String mode, ToolSet tools) {
        List<String> prefix = new ArrayList<>(List.of(unshare));
        prefix.addAll(more);
        prefix.addAll(List.of("--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child=KILL", "--",
                "/bin/sh", "-c", SCRIPT, "holdfast-wall", folder.toString(), uid, gid, mode, tools.folder().toString()));
        return prefix;
    }

    private ProgramResult tryOut() {
        return Probe.run("/bin/true", List.of(), enclosure, PROBE_TIMEOUT).result();
    }

    Isolation isolation() {
        return isolation;
    }

    Enclosure enclosure() {
        return enclosure;
    }

    /** Gives a file or folder to the user inside. */
    void own(Path path) throws IOException {
        if (owner.isPresent()) {
            UserPrincipalLookupService users = path.getFileSystem().getUserPrincipalLookupService();
            PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
            view.setOwner(users.lookupPrincipalByName(owner.get()));
        }
    }

    private static boolean isRoot() {
        return ownId("unix:uid").equals("0");
    }

    private static String ownId(String attribute) {
        try {
            return Files.getAttribute(Path.of("/proc/self"), attribute).toString();
        } catch (IOException e) {
            throw new UncheckedIOException("asking who we are", e);
        }
    }

    private static String id(String option, String user) {
        Probe.Answer answer = Probe.run(tool("id"), List.of(option, "--", user), Enclosure.NONE, PROBE_TIMEOUT);
        if (!answer.result().succeeded()) {
            throw Failures.permanent("scratch-user-missing", "looking up the user of the scratch server: there is no user %s".formatted(user),
                    "Create it, or name another one as verifier.scratch-user.");
        }
        return answer.printed().strip();
    }

    private static String tool(String name) {
        return Probe.systemProgram(name).map(Path::toString).orElseThrow(() -> Failures.permanent("isolation-not-permitted",
                "keeping a scratch server apart: the program %s is not installed".formatted(name),
                "Install util-linux and coreutils."));
    }

    private static String script() {
        try (InputStream stream = Wall.class.getResourceAsStream("wall.sh")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("reading wall.sh", e);
        }
    }
}
