package dev.holdfast.service.config;

import dev.holdfast.service.ServiceRole;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks into the files of recipients before a backup needs them: a private key there is a leak, not a typing mistake. */
final class RecipientKeys {

    private static final String ACCEPTED = "a file with an OpenPGP public key, as gpg --export --armor writes it";

    private RecipientKeys() {
    }

    /** Who neither encrypts nor checks for somebody needs no recipient's file. */
    static List<ConfigProblem> problems(HoldfastConfig config, Set<ServiceRole> roles) {
        List<ConfigProblem> problems = new ArrayList<>();
        if (roles.isEmpty() || roles.contains(ServiceRole.BACKUP)) {
            config.databases().forEach((alias, database) -> database.encryption().recipients().forEach(file ->
                    mistake(file).ifPresent(message -> problems.add(new ConfigProblem(
                            "databases." + alias + ".encryption.recipients", 0, file + " " + message, ACCEPTED)))));
        }
        return problems;
    }

    private static Optional<String> mistake(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.of("is not there");
        }
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(4096);
        } catch (IOException e) {
            return Optional.of("can't be read: " + e.getClass().getSimpleName());
        }
        String text = new String(start, StandardCharsets.ISO_8859_1);
        int tag = start.length == 0 ? 0 : packetTag(start[0]);
        if (text.contains("PRIVATE KEY BLOCK") || tag == 5) {
            return Optional.of("holds a private key, which belongs to the verifier and to restores only");
        }
        return text.contains("BEGIN PGP PUBLIC KEY BLOCK") || tag == 6 ? Optional.empty()
                : Optional.of("holds no OpenPGP public key");
    }

    /** RFC 4880, 4.2: bit 7 is set, bit 6 tells the new format from the old. 6 is a public key, 5 a secret one. */
    private static int packetTag(byte first) {
        if ((first & 0x80) == 0) {
            return 0;
        }
        return (first & 0x40) != 0 ? first & 0x3f : (first & 0x3c) >> 2;
    }
}
