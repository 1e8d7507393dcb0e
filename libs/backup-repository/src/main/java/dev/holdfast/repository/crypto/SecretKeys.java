package dev.holdfast.repository.crypto;

import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSecretKeyRingCollection;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyDecryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Private keys in memory, unlocked. Its text form names fingerprints only. */
public final class SecretKeys {

    private final Map<Long, PGPKeyPair> keys;
    private final List<String> fingerprints;

    private SecretKeys(Map<Long, PGPKeyPair> keys, List<String> fingerprints) {
        this.keys = Map.copyOf(keys);
        this.fingerprints = List.copyOf(fingerprints);
    }

    /** No key: for backups that are not encrypted. */
    public static SecretKeys none() {
        return new SecretKeys(Map.of(), List.of());
    }

    /**
     * Reads secret keys, armored or binary. All that are locked share the passphrase.
     *
     * @param passphrase empty where the keys have none
     * @throws CryptoException code {@code secret-key-invalid} or {@code wrong-passphrase}
     */
    public static SecretKeys read(List<Path> files, char[] passphrase) {
        Map<Long, PGPKeyPair> keys = new HashMap<>();
        List<String> fingerprints = new ArrayList<>();
        for (Path file : files) {
            for (PGPSecretKeyRing ring : rings(file)) {
                fingerprints.add(Recipients.fingerprint(ring.getPublicKey()));
                for (PGPSecretKey key : ring) {
                    unlock(key, file, passphrase).ifPresent(unlocked -> keys.put(unlocked.getKeyID(), unlocked));
                }
            }
        }
        return new SecretKeys(keys, fingerprints);
    }

    /** Full fingerprints of the primary keys in upper-case hex. */
    public List<String> fingerprints() {
        return fingerprints;
    }

    public boolean isEmpty() {
        return keys.isEmpty();
    }

    Optional<PGPKeyPair> find(long keyId) {
        return Optional.ofNullable(keys.get(keyId));
    }

    private static List<PGPSecretKeyRing> rings(Path file) {
        List<PGPSecretKeyRing> rings = new ArrayList<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            InputStream decoded = PGPUtil.getDecoderStream(in);
            new PGPSecretKeyRingCollection(decoded, new BcKeyFingerprintCalculator()).forEach(rings::add);
        } catch (IOException | PGPException | RuntimeException e) {
            throw new CryptoException("secret-key-invalid",
                    "reading the secret key " + file + ": " + e.getClass().getSimpleName(),
                    "export it with: gpg --export-secret-keys ADDRESS, readable by this service only", e);
        }
        if (rings.isEmpty()) {
            throw new CryptoException("secret-key-invalid", file + " holds no OpenPGP secret key",
                    "export it with: gpg --export-secret-keys ADDRESS", null);
        }
        return rings;
    }

    /** Only keys that can decrypt are unlocked; a signing key, or a stub of one kept offline, is not needed. */
    private static Optional<PGPKeyPair> unlock(PGPSecretKey key, Path file, char[] passphrase) {
        if (!key.getPublicKey().isEncryptionKey() || key.isPrivateKeyEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(key.extractKeyPair(
                    new BcPBESecretKeyDecryptorBuilder(new BcPGPDigestCalculatorProvider()).build(passphrase)));
        } catch (PGPException | RuntimeException e) {
            throw new CryptoException("wrong-passphrase", "the secret key " + Recipients.fingerprint(key.getPublicKey())
                    + " in " + file + " does not open with the passphrase given",
                    "check the passphrase's reference in the configuration", e);
        }
    }

    @Override
    public String toString() {
        return "secret keys of " + fingerprints;
    }
}
