package dev.holdfast.repository.crypto;

import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPKeyRingGenerator;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.PBESecretKeyEncryptor;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Date;
import java.util.Set;

/** Makes an encryption key that stock gpg imports: version 4, RSA 3072 to certify, RSA 3072 subkey to encrypt. */
public final class KeyGenerator {

    private static final int BITS = 3072;

    private KeyGenerator() {
    }

    /**
     * Makes a key that does not expire (an expired backup key would stop backups) and writes both halves, armored.
     * Existing files are never replaced.
     *
     * @param user       {@code Name <address>}, readable by everyone who sees the public key
     * @param passphrase empty for a key without one; then the file's mode, 0600, is its only protection
     * @return the fingerprint in upper-case hex
     * @throws CryptoException code {@code key-exists} or {@code key-not-written}
     */
    public static String generate(String user, char[] passphrase, Path publicFile, Path secretFile, Clock clock) {
        try {
            PGPKeyRingGenerator rings = rings(user, passphrase, Date.from(clock.instant()));
            PGPPublicKeyRing certificate = rings.generatePublicKeyRing();
            PGPSecretKeyRing secret = rings.generateSecretKeyRing();
            write(secretFile, secret.getEncoded(), "rw-------");
            write(publicFile, certificate.getEncoded(), "rw-r--r--");
            return Recipients.fingerprint(certificate.getPublicKey());
        } catch (FileAlreadyExistsException e) {
            throw new CryptoException("key-exists", "writing a new key: " + e.getFile() + " exists already",
                    "choose other file names; a key that backups are encrypted to must not be lost", e);
        } catch (PGPException | IOException e) {
            throw new CryptoException("key-not-written", "making a key into " + secretFile + ": " + e,
                    "choose a folder that this user may write", e);
        }
    }

    private static PGPKeyRingGenerator rings(String user, char[] passphrase, Date now) throws PGPException {
        var sha1 = new BcPGPDigestCalculatorProvider().get(HashAlgorithmTags.SHA1);
        PGPKeyPair primary = newPair(now);
        PGPSignatureSubpacketGenerator certifying = new PGPSignatureSubpacketGenerator();
        certifying.setKeyFlags(false, KeyFlags.CERTIFY_OTHER | KeyFlags.SIGN_DATA);
        certifying.setPreferredSymmetricAlgorithms(false, new int[] {SymmetricKeyAlgorithmTags.AES_256});
        PGPSignatureSubpacketGenerator encrypting = new PGPSignatureSubpacketGenerator();
        encrypting.setKeyFlags(false, KeyFlags.ENCRYPT_COMMS | KeyFlags.ENCRYPT_STORAGE);
        PBESecretKeyEncryptor lock = passphrase.length == 0 ? null
                : new BcPBESecretKeyEncryptorBuilder(SymmetricKeyAlgorithmTags.AES_256, sha1, 0xe0)
                        .build(passphrase);
        PGPKeyRingGenerator rings = new PGPKeyRingGenerator(PGPSignature.POSITIVE_CERTIFICATION, primary, user, sha1,
                certifying.generate(), null, new BcPGPContentSignerBuilder(primary.getPublicKey().getAlgorithm(),
                        HashAlgorithmTags.SHA512), lock);
        rings.addSubKey(newPair(now), encrypting.generate(), null);
        return rings;
    }

    private static PGPKeyPair newPair(Date now) throws PGPException {
        RSAKeyPairGenerator pairs = new RSAKeyPairGenerator();
        pairs.init(new RSAKeyGenerationParameters(BigInteger.valueOf(65537), new SecureRandom(), BITS, 112));
        return new BcPGPKeyPair(4, PublicKeyAlgorithmTags.RSA_GENERAL, pairs.generateKeyPair(), now);
    }

    /** The mode is set at creation: the file is never readable by others, not even for a moment. */
    private static void write(Path file, byte[] ring, String mode) throws IOException {
        var permissions = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode));
        try (var channel = Files.newByteChannel(file, Set.of(StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE), permissions);
                OutputStream out = java.nio.channels.Channels.newOutputStream(channel);
                ArmoredOutputStream armored = ArmoredOutputStream.builder().clearHeaders().build(out)) {
            armored.write(ring);
        }
    }
}
