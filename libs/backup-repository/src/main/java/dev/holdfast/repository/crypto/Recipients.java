package dev.holdfast.repository.crypto;

import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Who can decrypt: one encryption key of each recipient's certificate. */
public final class Recipients {

    private final List<PGPPublicKey> keys;
    private final List<String> fingerprints;

    private Recipients(List<PGPPublicKey> keys, List<String> fingerprints) {
        this.keys = List.copyOf(keys);
        this.fingerprints = List.copyOf(fingerprints);
    }

    /**
     * Reads public keys, armored or binary, one or more to a file.
     *
     * @throws CryptoException code {@code recipient-key-invalid} where a file can't be read, holds a secret key, or a
     *                         certificate is revoked, expired, or has no key that may encrypt
     */
    public static Recipients read(List<Path> files, Clock clock) {
        List<PGPPublicKey> keys = new ArrayList<>();
        List<String> fingerprints = new ArrayList<>();
        for (Path file : files) {
            for (PGPPublicKeyRing certificate : certificates(file)) {
                keys.add(encryptionKey(certificate, file, clock.instant()));
                fingerprints.add(fingerprint(certificate.getPublicKey()));
            }
        }
        if (keys.isEmpty()) {
            throw new CryptoException("recipient-key-invalid", "there is no recipient to encrypt to",
                    "name at least one public key file", null);
        }
        return new Recipients(keys, fingerprints);
    }

    /** Reads with the system's clock. */
    public static Recipients read(List<Path> files) {
        return read(files, Clock.systemUTC());
    }

    /** Full fingerprints of the primary keys in upper-case hex, as the manifest names them. */
    public List<String> fingerprints() {
        return fingerprints;
    }

    List<PGPPublicKey> keys() {
        return keys;
    }

    static String fingerprint(PGPPublicKey key) {
        return HexFormat.of().formatHex(key.getFingerprint()).toUpperCase(Locale.ROOT);
    }

    private static List<PGPPublicKeyRing> certificates(Path file) {
        List<PGPPublicKeyRing> found = new ArrayList<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            InputStream decoded = PGPUtil.getDecoderStream(in);
            new PGPPublicKeyRingCollection(decoded, new BcKeyFingerprintCalculator()).forEach(found::add);
        } catch (IOException | PGPException | RuntimeException e) {
            throw new CryptoException("recipient-key-invalid",
                    "reading the recipient key " + file + ": " + e.getClass().getSimpleName() + " " + e.getMessage(),
                    "export the public key with: gpg --armor --export ADDRESS > " + file, e);
        }
        if (found.isEmpty()) {
            throw new CryptoException("recipient-key-invalid", file + " holds no OpenPGP public key",
                    "export the public key with: gpg --armor --export ADDRESS > " + file, null);
        }
        return found;
    }

    private static PGPPublicKey encryptionKey(PGPPublicKeyRing certificate, Path file, Instant now) {
        PGPPublicKey primary = certificate.getPublicKey();
        String name = fingerprint(primary) + " in " + file;
        if (primary.hasRevocation()) {
            throw new CryptoException("recipient-key-invalid", "the recipient key " + name + " is revoked",
                    "name a key that is in use", null);
        }
        KeyBinding.expiry(primary, primary).filter(end -> !end.isAfter(now)).ifPresent(end -> {
            throw new CryptoException("recipient-key-invalid", "the recipient key " + name + " expired at " + end,
                    "extend the key (gpg --edit-key) and export it again", null);
        });
        List<PGPPublicKey> candidates = new ArrayList<>();
        Optional<Instant> lastExpiry = Optional.empty();
        for (Iterator<PGPPublicKey> keys = certificate.getPublicKeys(); keys.hasNext();) {
            PGPPublicKey key = keys.next();
            if (!key.isEncryptionKey() || key.hasRevocation() || !KeyBinding.mayEncrypt(key, primary)) {
                continue;
            }
            Optional<Instant> end = KeyBinding.expiry(key, primary);
            if (end.isPresent() && !end.get().isAfter(now)) {
                lastExpiry = end;
            } else {
                candidates.add(key);
            }
        }
        String why = lastExpiry.map(end -> "; its encryption key expired at " + end).orElse("");
        return candidates.stream().max(Comparator.comparing(PGPPublicKey::getCreationTime))
                .orElseThrow(() -> new CryptoException("recipient-key-invalid",
                        "the recipient key " + name + " has no key in force that may encrypt" + why,
                        "add or extend an encryption subkey and export the key again", null));
    }

    @Override
    public String toString() {
        return "recipients " + fingerprints;
    }
}
